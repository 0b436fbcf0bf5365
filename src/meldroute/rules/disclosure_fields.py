"""What can be given to a partner: each field with its kind of data and the purposes for which it is the minimum."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .policy_entries import LegalBasis, Text

PURPOSES: Mapping[str, Text] = {
    "advice": Text("Advies: wat is dit, en wat kan de gemeente doen?", "Advice: what is this, and what can be done?"),
    "referral": Text("Melding van een signaal, zodat u kunt beoordelen of u het oppakt.",
                     "A signal is passed on, so that you can judge whether you take it up."),
}
ENRICHMENT = "enrichment:"
SENSITIVITY = ("ordinary", "art9", "art10")


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be given. `defaults`: purposes for which it belongs to the minimum."""

    id: str
    label: Text
    why: Text
    kind: str  # acts.DATA_KINDS
    identifying: bool = False  # may hold a name, an address, or words by which somebody is recognised
    defaults: frozenset[str] = frozenset()


_BOTH, _REFERRAL, _ADVICE = frozenset(PURPOSES), frozenset({"referral"}), frozenset({"advice"})

FIELDS: tuple[Field, ...] = (
    Field("safe_contact", Text("Veilig contact met de persoon om wie het gaat", "Safe contact with the person it is about"),
          Text("lees dit voordat u belt", "read this before you call"), "ordinary", identifying=True, defaults=_REFERRAL),
    Field("description", Text("Wat er is gezien, zonder namen of adressen", "What was seen, no names or addresses"),
          Text("genoeg om te adviseren", "enough to advise on"), "ordinary", defaults=_ADVICE),
    Field("narrative", Text("Wat er is gezien, zoals de melder het schreef", "What was seen, as the reporter wrote it"),
          Text("nodig om te kunnen optreden; er kunnen namen in staan", "needed to act; it may hold names"), "art10",
          identifying=True, defaults=_REFERRAL),
    Field("about", Text("Waar het om gaat", "What it is about"), Text("een persoon of een plek", "a person or a place"),
          "ordinary", defaults=_BOTH),
    Field("danger", Text("Gevaar", "Danger"), Text("bepaalt hoe snel het moet", "decides how quickly"), "ordinary",
          defaults=_BOTH),
    Field("minor", Text("Jonger dan 18", "Younger than 18"), Text("bepaalt wie mee moet kijken", "decides who joins"),
          "ordinary", defaults=_BOTH),
    Field("where", Text("Waar", "Where"), Text("nodig om te gaan kijken", "needed to go and look"), "ordinary",
          identifying=True, defaults=_REFERRAL),
    Field("when", Text("Wanneer", "When"), Text("nodig om te gaan kijken", "needed to go and look"), "ordinary",
          identifying=True, defaults=_REFERRAL),
    Field("forms", Text("Vorm van uitbuiting", "Form of exploitation"),
          Text("waarom het bij deze partner hoort", "why it belongs with this partner"), "art10", defaults=_REFERRAL),
    Field("noticed", Text("Kenmerken", "Indicators"), Text("wat het vermoeden draagt", "what carries the suspicion"),
          "art9", defaults=_REFERRAL),
    Field("reporter_name", Text("Naam van de melder", "Name of the reporter"),
          Text("alleen als het niet anders kan", "only when there is no other way"), "ordinary", identifying=True),
)


def enrichment_field(item: str, label: Text, bases: Iterable[LegalBasis]) -> Field:
    """A fact that was looked up. Its kind is the most sensitive one of the basis it was looked up under."""
    kinds = {kind for basis in bases for kind in basis.kinds} or {"ordinary"}
    return Field(f"{ENRICHMENT}{item}", label, Text("opgezocht door de gemeente", "looked up by the municipality"),
                 max(kinds, key=SENSITIVITY.index), identifying=True)


@dataclass(frozen=True, slots=True)
class Material:
    """What the signal holds that could be given: fields with their text, and what limits giving them."""

    texts: Mapping[str, str]  # field id to the words that would be given; an empty field is not offered
    fields: tuple[Field, ...] = FIELDS
    danger: bool = False
    name_allowed: bool = False  # the reporter's wish
    excluded: frozenset[str] = frozenset()  # "do not share with …"

    def offered(self) -> tuple[Field, ...]:
        """Fields with something in them. The description is written on the page itself, so it is always there."""
        return tuple(f for f in self.fields if self.texts.get(f.id) or f.id == "description")
