"""A keyring of a test's own, a person with an age key, and a signal that was reported."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pyrage
from django.db import transaction

from meldroute.rules.actors import Actor
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.key_destruction import destroy_signal_key
from meldroute.storage.keyring import create_keyring
from meldroute.storage.models import Signal
from tests.cast import MONDAY

STORY = "In de schuur achter het verzonnen huis slapen zes mensen."


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who keeps copies, far from this machine."""

    public: str
    identity: Path


def make_keeper(folder: Path, name: str = "keeper") -> Keeper:
    identity = pyrage.x25519.Identity.generate()
    file = folder / f"{name}.txt"
    file.write_text(f"{identity}\n")
    return Keeper(str(identity.to_public()), file)


def own_keyring(settings, tmp_path: Path) -> Path:
    """Rotating the keyring of all tests would change the others."""
    settings.MELDROUTE_KEYRING = tmp_path / "keys" / "keyring.json"
    create_keyring(settings.MELDROUTE_KEYRING)
    return settings.MELDROUTE_KEYRING


def report(cast, narrative: str = STORY, *, now: datetime = MONDAY, reporter=None) -> Signal:
    receipt = register_signal(NewSignal(narrative), reader=reporter or cast.bram, submission=uuid4(), now=now)
    return Signal.objects.select_related("key").get(reference=receipt.reference)


KEEPER_ACTOR = Actor("command", "test", "command")


def destroy(signal: Signal, *, now: datetime = MONDAY) -> None:
    """As retention does it: in a transaction of its own."""
    with transaction.atomic():
        Signal.objects.select_for_update().get(pk=signal.pk)
        destroy_signal_key(signal.pk, now=now, actor=KEEPER_ACTOR)
