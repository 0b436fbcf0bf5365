"""Registers: of processing, of logs, of cryptography, and who is controller of what."""

from datetime import date

from meldroute.policies.papers import PaperTexts, Processing, Role
from meldroute.policies.retention import retention_schedule
from meldroute.rules.choices import Choices
from meldroute.rules.policy import Policy
from meldroute.rules.retention import Period, Term
from meldroute.storage.cryptography_used import uses

from .parts import STATUS_WORDS, Paper, Section, Sentence, Table

UNITS = {"days": "dagen", "months": "maanden", "years": "jaar"}


def processing_register(texts: PaperTexts, policy: Policy, choices: Choices, *, on: date) -> Paper:
    sections = [_processing(one, policy, choices) for one in texts.processing]
    return Paper("register", "Register van verwerkingen (AVG art. 30)", on, (*sections, _terms(choices)))


def _processing(one: Processing, policy: Policy, choices: Choices) -> Section:
    rows = [("doel", one.purpose), ("van wie", one.persons), ("welke gegevens", one.data), ("grondslag", one.basis),
            ("waar", f"tabellen {', '.join(one.tables)}"), ("hoe lang", _how_long(one, choices)),
            ("beveiliging", "zie het register van cryptografie en het dreigingsmodel")]
    if one.recipients:
        rows.insert(4, ("ontvangers", ", ".join(p.known_as for p in policy.partners if not p.own_desk)))
    return Section(one.name, (Sentence(one.purpose, one.source, one.status),), Table(("onderdeel", "wat"), tuple(rows)))


def _how_long(one: Processing, choices: Choices) -> str:
    schedule = retention_schedule()
    if one.outcomes:
        return "per uitkomst, zie de termijnen onderaan: " + "; ".join(
            f"{schedule.of(o).object.nl}: {_term(schedule.of(o), choices)}" for o in one.outcomes)
    found = [term for term in schedule.terms if term.code == one.code]
    return "; ".join(f"{t.object.nl}: {_term(t, choices)}" for t in found) or "termijn onbekend"


def _terms(choices: Choices) -> Section:
    schedule = retention_schedule()
    rows = tuple((term.object.nl, _term(term, choices), term.code or "–", term.result, _sure(term, choices))
                 for term in schedule.terms)
    said = Sentence("De selectielijst geeft archieftermijnen. De AVG kan eerder weghalen vragen; een gemeente kiest dan een "
                    "kortere termijn, op advies van de FG.", schedule.source, "to be checked")
    return Section("Termijnen", (said,), Table(("wat", "termijn", "code", "in de lijst", "hoe zeker"), rows))


def _term(term: Term, choices: Choices) -> str:
    if own := choices.retention.get(term.outcome):
        return f"{_period(own.period)} (eigen termijn, advies van {own.advised_on.isoformat()})"
    if term.keep:
        return "blijvend bewaren"
    return _period(term.period) if term.period else "onbekend: niets wordt vanzelf vernietigd"


def _sure(term: Term, choices: Choices) -> str:
    return STATUS_WORDS["own norm" if term.outcome in choices.retention else term.status]


def _period(period: Period) -> str:
    return f"{period.amount} {UNITS[period.unit]}"


def list_of_logs(texts: PaperTexts, *, on: date) -> Paper:
    columns = ("logboek", "waar", "wat staat erin", "wat niet", "wie leest", "bron", "hoe zeker")
    rows = tuple((log.name, log.where, log.holds, log.not_in_it, log.read_by, log.source, STATUS_WORDS[log.status])
                 for log in texts.logs)
    acts = Table(("handeling", "wat"), tuple((f"{family}.*" if family != "refused" else family, what)
                                             for family, what in sorted(texts.acts.items())))
    said = Sentence("Geschiedenis en leeslog zijn ketens: wie een regel verandert, weghaalt of verplaatst, verandert alles "
                    "wat volgt.", "storage/chain.py", "program")
    return Paper("logboeken", "Lijst van logboeken", on,
                 (Section("Logboeken", (said,), Table(columns, rows)), Section("Handelingen in de geschiedenis", (), acts)))


def cryptography_register(*, on: date) -> Paper:
    columns = ("waarvoor", "hoe", "sleutel", "doel in de sleutelbos", "waar in de code")
    rows = tuple((u.what, u.how, u.key, ", ".join(u.purposes) or "–", ", ".join(u.modules)) for u in uses())
    said = (
        Sentence("Dit register komt uit de code: de waarden zijn die waarmee het programma rekent.",
                 "storage/cryptography_used.py", "program"),
        Sentence("Welke eis uit BIO 8.24 hiermee is vervuld, beoordeelt de gemeente.", "gemeente", "fill in"),
    )
    return Paper("cryptografie", "Register van cryptografie (BIO 8.24)", on, (Section("Gebruik", said, Table(columns, rows)),))


def controllers(texts: PaperTexts, policy: Policy, *, municipality: str, on: date) -> Paper:
    """Every organisation of the policy with the line that counts for it: its own, that of the police, or of any partner."""
    by_who = {role.who: role for role in texts.roles}
    named = municipality or "iedere gemeente van de regio"
    rows = [_role(named, by_who["municipality"]), _role("wie de server beheert", by_who["host"])]
    rows += [_role(p.known_as, by_who.get(p.id) or by_who["police" if p.police else "partner"])
             for p in policy.partners if not p.own_desk]
    rows.append(_role("de Zorgtafel", by_who["care_table"]))
    columns = ("organisatie", "rol", "wat", "grondslag", "bron", "hoe zeker")
    said = Sentence("Wie waarvoor verantwoordelijk is. De WGS staat hier alleen bij het RIEC.", "domein van het beleid",
                    "to be checked")
    return Paper("verantwoordelijken", "Verwerkingsverantwoordelijken en verwerkers", on,
                 (Section("Per organisatie", (said,), Table(columns, tuple(rows))),))


def _role(name: str, role: Role) -> tuple[str, ...]:
    return (name, role.role, role.text, role.basis, role.source, STATUS_WORDS[role.status])
