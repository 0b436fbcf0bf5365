"""Which papers there are, made for the region or for one municipality."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from meldroute.policies.papers import paper_texts
from meldroute.rules.actors import Reader
from meldroute.rules.choices import Choices
from meldroute.rules.working_time import local_date
from meldroute.services.running_policy import pack_now
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Organisation

from . import registers, threats
from .parts import Paper

PAPERS = {"dpia": "DPIA, skelet", "register": "Register van verwerkingen (AVG art. 30)", "logboeken": "Lijst van logboeken",
          "cryptografie": "Register van cryptografie (BIO 8.24)", "dreigingen": "Dreigingsmodel",
          "verantwoordelijken": "Verwerkingsverantwoordelijken en verwerkers"}


class UnknownPaper(LookupError):
    def __init__(self, id: str):
        super().__init__(f"paper '{id}': there is none. Use {', '.join(PAPERS)}.")


class NoSuchMunicipality(LookupError):
    def __init__(self, code: str):
        super().__init__(f"municipality '{code}': it is not in this database. Use its code, such as GM0794.")


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything the papers of one moment stand on."""

    municipality: str
    choices: Choices
    now: datetime

    def one(self, id: str) -> Paper:
        texts, policy, on = paper_texts(), pack_now(now=self.now).policy, local_date(self.now)
        match id:
            case "dpia":
                return threats.dpia(texts, municipality=self.municipality, on=on)
            case "register":
                return registers.processing_register(texts, policy, self.choices, on=on)
            case "logboeken":
                return registers.list_of_logs(texts, on=on)
            case "cryptografie":
                return registers.cryptography_register(on=on)
            case "dreigingen":
                return threats.threats(on=on)
            case "verantwoordelijken":
                return registers.controllers(texts, policy, municipality=self.municipality, on=on)
        raise UnknownPaper(id)


def papers_for(code: str = "", *, now: datetime) -> Papers:
    """Of a municipality by its code, with its own terms; "" for the region, which needs no database."""
    if not code:
        return Papers("", Choices(), now)
    body = Organisation.objects.filter(kind="municipality", code=code).first()
    if body is None:
        raise NoSuchMunicipality(code)
    return Papers(body.name, choices_in_force(body.pk, now=now), now)


def paper(id: str, *, reader: Reader, now: datetime) -> Paper:
    """For the privacy officer of a municipality. Raises `UnknownPaper`. That it was opened is written down."""
    made = papers_for(reader.organisation_code, now=now).one(id)
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="papers.read", now=now, details={"paper": id})
    return made
