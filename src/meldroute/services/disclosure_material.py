"""What a signal holds that could be given to a partner, in the words in which it would be given."""

from meldroute.rules.disclosure_fields import FIELDS, Material, enrichment_field
from meldroute.rules.policy import Policy
from meldroute.rules.safe_contact import in_words
from meldroute.storage.models import Enrichment

from .desk import Desk
from .reporters import reporter_name
from .safe_contact_cards import current

ABOUT = {"person": "een persoon", "place": "een plek", "both": "een persoon en een plek"}
MINOR = {True: "ja, of misschien", False: "nee", None: "niet bekend"}
DANGER = {True: "iemand kan nu in gevaar zijn", False: "geen acuut gevaar gemeld"}


def material_of(desk: Desk, *, description: str) -> Material:
    """Opens what is sealed; raises `SealBroken` rather than offer a part."""
    content = desk.signal.unseal("content_sealed", key=desk.key)
    assessment = desk.signal.unseal("assessment_sealed", key=desk.key)
    looked_up = _looked_up(desk)
    safe = {about: in_words(contact) for about, contact in current(desk.signal, key=desk.key).items()}
    texts = {
        "safe_contact": safe.get("victim", ""),
        "description": description.strip(), "narrative": content["narrative"], "where": content["where"],
        "when": content["when"], "about": ABOUT[desk.signal.about], "danger": DANGER[desk.signal.danger],
        "minor": MINOR[desk.signal.minor], "forms": _forms(desk), "reporter_name": _reporter(desk, safe.get("reporter", "")),
        "noticed": _noticed(assessment.get("indicators") or content["noticed"], desk.policy),
        **{f"enrichment:{item}": "; ".join(found) for item, (found, _) in looked_up.items()},
    }
    return Material(
        texts=texts, fields=(*FIELDS[:-1], *_enrichment_fields(desk.policy, looked_up), FIELDS[-1]),
        danger=desk.signal.danger, name_allowed=content["name_allowed"],
        excluded=frozenset(assessment.get("excluded", ())),
    )


def _looked_up(desk: Desk) -> dict[str, tuple[list[str], list[str]]]:
    """Per item of the checklist what was found, and the legal bases under which it was looked up."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for row in Enrichment.objects.of_signal(desk.signal.pk).filter(outcome="found").order_by("at"):
        texts, bases = found.setdefault(row.item, ([], []))
        texts.append(row.unseal("content_sealed", key=desk.key).get("text", ""))
        bases.append(row.legal_basis)
    return found


def _enrichment_fields(policy: Policy, looked_up: dict[str, tuple[list[str], list[str]]]) -> tuple:
    known = {b.id: b for b in policy.legal_bases}
    return tuple(
        enrichment_field(item.id, item.label, [known[b] for b in looked_up[item.id][1] if b in known])
        for item in policy.enrichment if item.id in looked_up
    )


def _forms(desk: Desk) -> str:
    return ", ".join(desk.policy.form(id).label.nl for id in desk.signal.forms)


def _noticed(ids: list[str], policy: Policy) -> str:
    return "; ".join(policy.indicator(id).label.nl for id in ids)


def _reporter(desk: Desk, safe: str) -> str:
    """With a name goes how that person may be reached: never the one without the other."""
    name = reporter_name(desk.signal.unseal("reporter_sealed", key=desk.key))
    return f"{name} (veilig contact: {safe})" if name and safe else name
