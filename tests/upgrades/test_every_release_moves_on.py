"""The database of each release, with its data, becomes one of today: nothing is lost, every chain holds, all opens.

What is kept of a release was made with its own code by scripts/keep_release.py. Its people are invented, and its
keyring is for this test only.
"""

import json
import zlib
from pathlib import Path

import pytest

from tests.drills.machines import empty_machine

RELEASES = sorted(path for path in Path(__file__).parent.iterdir() if (path / "data.dump").exists())

# The tables as that release had them, with its rows in them.
AS_IT_WAS = """
import pathlib
from django.db import transaction
from meldroute.storage.loading import Loader, make_tables, number_on
folder = pathlib.Path({folder!r})
apps = make_tables({migrations!r})
with transaction.atomic():
    for part in ("data", "keys"):
        loader = Loader(part, begin=lambda line: apps)
        loader.take((folder / f"{{part}}.dump").read_bytes())
        loader.finish()
    number_on(apps)
"""
LOOK = """
import json
from dataclasses import asdict
from django.apps import apps
from meldroute.storage.schema import pending_migrations
from meldroute.storage.wholeness import look_through
assert pending_migrations() == [], pending_migrations()
print(json.dumps([asdict(look_through()), {m._meta.label_lower: m._base_manager.count() for m in apps.get_models()}]))
"""
OPEN_ALL = """
import json
from django.utils import timezone
from meldroute.services.accounts import signed_in
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.my_reports import my_reports
from meldroute.storage.models import Membership, Signal
def reader(role):
    membership = Membership.objects.filter(role=role, organisation__code="GM0794").first()
    return signed_in(membership.user_id, chosen=None, now=timezone.now()).reader
anna, bram = reader("focal_point"), reader("reporter")
pages = [repr(open_signal(r, reader=anna, now=timezone.now())) for r in Signal.objects.visible_to(anna).values_list("reference", flat=True)]
print(json.dumps([len(pages), min(map(len, pages)), len(my_reports(bram.user, now=timezone.now(), language="nl").reports)]))
"""


def kept(release: Path) -> tuple[dict, dict[str, int]]:
    """What the dump says of itself: its first line and its own counts."""
    counts = {}
    for part in ("data", "keys"):
        lines = zlib.decompress((release / f"{part}.dump").read_bytes()).splitlines()
        counts |= json.loads(lines[-1])["end"]
        if part == "data":
            head = json.loads(lines[0])
    return head, counts


def test_there_is_something_kept_of_each_release():
    assert [path.name for path in RELEASES] == ["0.1.0"]


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_its_database_with_its_data_becomes_one_of_today(release, tmp_path):
    head, counts = kept(release)
    assert counts["meldroute.signal"] == counts["meldroute.signalkey"] == 5
    with empty_machine(tmp_path, "upgraded") as machine:
        (machine.data / "keys").mkdir(mode=0o700, parents=True)
        machine.data.chmod(0o700)
        keyring = machine.data / "keys" / "keyring.json"
        keyring.write_bytes((release / "test-only-keyring.json").read_bytes())
        keyring.chmod(0o600)
        machine.env["MELDROUTE_FIRST_START"] = "allowed"
        machine.python(AS_IT_WAS.format(folder=str(release), migrations=head["migrations"]))
        done = machine.run("migrate")
        assert done.returncode == 0, done.stderr
        whole, after = json.loads(machine.python(LOOK))
        assert {table: after[table] for table in counts} == counts, "no row was lost or made"
        assert whole["entries"] == counts["meldroute.historyentry"]
        assert (whole["signals"], whole["destroyed"], whole["lost"]) == (5, 0, 0)
        assert whole["opened"] > 50
        pages, shortest, reports = json.loads(machine.python(OPEN_ALL))
        assert (pages, reports) == (5, 5)
        assert shortest > 1000
