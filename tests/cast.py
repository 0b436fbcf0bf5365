"""The people of the tests. All invented; the bodies are those of the policy.

`make_cast()` fills an empty database: two municipalities (Helmond with a focal point, a buddy and a designated
person; Deurne, the neighbour that stands in), partners with and without an account, and the region.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from meldroute.rules.actors import Reader
from meldroute.rules.choices import Choices
from meldroute.services.running_policy import remember_pack
from meldroute.storage.chain import genesis
from meldroute.storage.choices import choices_to
from meldroute.storage.models import ChainHead, Membership, MunicipalitySettings, Organisation, User

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Helmond, a working day
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 03:00 in Helmond
PASSWORD = "een lang verzonnen wachtwoord"
START = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class Cast:
    """Readers by first name; organisations by short name."""

    helmond: Organisation
    deurne: Organisation
    bram: Reader  # desk clerk in Helmond, reporter
    anna: Reader  # focal point of Helmond, safety
    bo: Reader  # buddy in Helmond, care
    dina: Reader  # designated for signals about colleagues in Helmond
    frits: Reader  # functional manager of Helmond
    pia: Reader  # privacy officer of Helmond
    noor: Reader  # focal point of Deurne
    nel: Reader  # labour inspectorate, with an account
    zora: Reader  # care coordinator of Helmond and the Peel
    karel: Reader  # chain director
    rick: Reader  # Taskforce-RIEC, with an account


PEOPLE = (
    ("bram", "Bram Balie", "helmond", "reporter", ""),
    ("anna", "Anna Aandacht", "helmond", "focal_point", "safety"),
    ("bo", "Bo Buddy", "helmond", "buddy", "care"),
    ("dina", "Dina Aangewezen", "helmond", "designated", ""),
    ("frits", "Frits Functioneel", "helmond", "functional_manager", ""),
    ("pia", "Pia Privacy", "helmond", "privacy_officer", ""),
    ("noor", "Noor Nabij", "deurne", "focal_point", "care"),
    ("nel", "Nel Arbeid", "isz", "partner", ""),
    ("zora", "Zora Zorg", "zoco", "care_coordinator", ""),
    ("karel", "Karel Keten", "region", "chain_director", ""),
    ("rick", "Rick Riec", "riec", "partner", ""),
)
BODIES = {
    "helmond": ("municipality", "GM0794", "Gemeente Helmond"),
    "deurne": ("municipality", "GM0762", "Gemeente Deurne"),
    "isz": ("partner", "ISZW", "Nederlandse Arbeidsinspectie"),
    "zoco": ("partner", "ZOCO_HELMOND", "Gemeente Helmond, GO-Team (zorgcoördinatie)"),
    "riec": ("partner", "TFRIEC", "Taskforce-RIEC"),
    "region": ("region", "OOST-BRABANT", "Regio Oost-Brabant"),
}


def make_cast(*, now: datetime = MONDAY) -> Cast:
    remember_pack(now=now)
    bodies = {name: Organisation.objects.create(kind=k, code=c, name=n) for name, (k, c, n) in BODIES.items()}
    for body in bodies.values():
        ChainHead.objects.create(chain=str(body.pk), hash=genesis(str(body.pk)).hash)
    readers = {first: _person(first, name, bodies[body], role, domain) for first, name, body, role, domain in PEOPLE}
    MunicipalitySettings.objects.create(organisation=bodies["helmond"], valid_from=now, saved_at=now,
                                        content=choices_to(Choices(neighbour=bodies["deurne"].pk)))
    return Cast(helmond=bodies["helmond"], deurne=bodies["deurne"], **readers)


def _person(first: str, name: str, organisation: Organisation, role: str, domain: str) -> Reader:
    user = User.objects.create_user(f"{first}@voorbeeld.example", PASSWORD, name=name)
    membership = Membership.objects.create(user=user, organisation=organisation, role=role, domain=domain,
                                           valid_from=START)
    return Reader(user=user.pk, membership=membership.pk, role=role, organisation=organisation.pk,
                  organisation_kind=organisation.kind, organisation_code=organisation.code)
