"""An operator with the database switches the triggers off and tampers with a chain, in five ways. Each is found, and named.

Changed, deleted and reordered show in the chain itself. A chain that was cut short or written anew, hashes and head
and all, is sound in itself: it differs from the digest that somebody keeps elsewhere.
"""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from meldroute.services import audit_verify, digests
from meldroute.storage import chain as chains
from meldroute.storage import stored_chains
from meldroute.storage.models import ChainHead, Digest, HistoryEntry
from tests.cast import MONDAY
from tests.drills.conftest import size
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
LENGTH = size(60, 5000)
AT = LENGTH // 2  # where somebody tampers


def rows(entries, head) -> tuple[list[HistoryEntry], chains.ChainHead]:
    """As rows with their hashes, each following the one before: what the program writes, and what a forger would."""
    made = []
    for entry in entries:
        before, head = head, chains.next_head(head, entry)
        columns = {name: getattr(entry, name) for name in stored_chains.COLUMNS}
        made.append(HistoryEntry(**columns, previous_hash=before.hash, hash=head.hash))
    return made, head


def fill(chain: str, length: int) -> None:
    entry = chains.ChainEntry(chain, 0, MONDAY, "membership", str(uuid4()), "focal_point", uuid4(), "signal.read", uuid4(),
                              [], {"part": "page"})
    entries = (replace(entry, number=n, at=MONDAY + timedelta(seconds=n), signal=uuid4()) for n in range(1, length + 1))
    made, head = rows(entries, chains.genesis(chain))
    HistoryEntry.objects.bulk_create(made, batch_size=2000)
    with unguarded():
        ChainHead.objects.filter(chain=chain).update(number=head.number, hash=head.hash)


@pytest.fixture
def chain(cast, tmp_path, settings):
    settings.MELDROUTE_DATA = tmp_path
    chain = str(cast.helmond.pk)
    fill(chain, LENGTH)
    digests.write_daily(now=MONDAY)
    return chain


@pytest.fixture
def kept(chain, tmp_path):
    """The copy of the digest that somebody outside put in a drawer."""
    [file] = (tmp_path / "digests").iterdir()
    return file.rename(tmp_path / "in-a-drawer.json")


def of(chain, **where):
    return HistoryEntry.objects.filter(chain=chain, **where)


def changed(chain):
    of(chain, number=AT).update(act="signal.closed")


def deleted(chain):
    of(chain, number=AT).delete()


def reordered(chain):
    """Two entries change places."""
    of(chain, number=AT).update(number=LENGTH + 1)
    of(chain, number=AT + 1).update(number=AT)
    of(chain, number=LENGTH + 1).update(number=AT + 1)


def truncated(chain):
    """The end is cut off, and the head put back, so that nothing shows."""
    end = of(chain, number=AT).get()
    of(chain, number__gt=AT).delete()
    ChainHead.objects.filter(chain=chain).update(number=AT, hash=end.hash)


def replaced(chain):
    """One entry says something else, and all after it get new hashes, the head too."""
    before = of(chain, number=AT - 1).get()
    old = [one.entry for one in stored_chains.entries(chain, after=AT - 1, upto=LENGTH)]
    old[0] = replace(old[0], act="signal.closed")
    made, head = rows(old, chains.ChainHead(AT - 1, bytes(before.hash)))
    of(chain, number__gte=AT).delete()
    HistoryEntry.objects.bulk_create(made, batch_size=2000)
    ChainHead.objects.filter(chain=chain).update(hash=head.hash)


SHOWS_BY_ITSELF = (changed, deleted, reordered)
CAUSES = {
    changed: (AT, "was changed after it was written"),
    deleted: (AT, "is missing"),
    reordered: (AT, "does not follow the entry before it"),
    truncated: (AT + 1, "the chain was cut short"),
    replaced: (LENGTH, "was replaced, or an entry before it"),
}


def tamper(how, chain, *, with_digest: bool) -> None:
    with unguarded():
        how(chain)
        if with_digest:  # an operator who knows about it rewrites that too
            Digest.objects.all().delete()


@pytest.mark.parametrize("how", CAUSES, ids=lambda how: how.__name__)
def test_each_is_found_against_a_digest_that_was_kept_elsewhere(chain, kept, how):
    tamper(how, chain, with_digest=True)
    report = audit_verify.verify([digests.read_file(kept)])
    number, cause = CAUSES[how]
    found = next(finding for finding in report.findings if finding.place.startswith("chain"))
    assert found.place == f"chain Gemeente Helmond, entry {number}"
    assert cause in found.cause
    assert found.way_out
    assert "has lost it" in report.findings[0].cause


@pytest.mark.parametrize("how", CAUSES, ids=lambda how: how.__name__)
def test_and_against_the_digest_in_the_database_by_who_forgot_it(chain, how):
    tamper(how, chain, with_digest=False)
    [found] = audit_verify.verify().findings
    assert found.place == f"chain Gemeente Helmond, entry {CAUSES[how][0]}"


@pytest.mark.parametrize("how", CAUSES, ids=lambda how: how.__name__)
def test_without_any_digest_a_chain_cut_short_or_written_anew_looks_whole(chain, how):
    """What is promised ends here: this is why a digest is kept elsewhere."""
    tamper(how, chain, with_digest=True)
    assert audit_verify.verify().is_sound == (how not in SHOWS_BY_ITSELF)


def test_a_whole_chain_that_vanished_is_found_by_the_digest(chain, kept):
    with unguarded():
        of(chain).delete()
        ChainHead.objects.filter(chain=chain).delete()
        Digest.objects.all().delete()
    causes = [f.cause for f in audit_verify.verify([digests.read_file(kept)]).findings]
    assert any("is missing as a whole" in cause for cause in causes)


def test_a_head_that_vanished_and_an_entry_beyond_the_end_are_found(chain):
    end = of(chain, number=LENGTH).get()
    with unguarded():
        HistoryEntry.objects.create(**{c: getattr(end, c) for c in stored_chains.COLUMNS} | {"number": LENGTH + 1},
                                    previous_hash=end.hash, hash=b"x" * 32)
    [found] = audit_verify.verify().findings
    assert (found.place, found.cause) == (f"chain Gemeente Helmond, entry {LENGTH + 1}", "is beyond the end of the chain")
    with unguarded():
        ChainHead.objects.filter(chain=chain).delete()
    assert any("its head is missing" in f.cause for f in audit_verify.verify().findings)


def test_what_is_no_entry_any_more_is_named_and_nothing_breaks(chain):
    with unguarded(), connection.cursor() as cursor:
        json_column = "'[1]'::jsonb" if connection.vendor == "postgresql" else "'[1]'"
        cursor.execute(f"UPDATE meldroute_historyentry SET details = {json_column} WHERE chain = %s AND number = %s", [chain, AT])
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE meldroute_historyentry SET at = 'yesterday' WHERE number = %s", [AT + 1])
    [found] = audit_verify.verify().findings
    assert found.place in (f"chain Gemeente Helmond, entry {AT}", f"chain Gemeente Helmond, entry {AT + 1}")


def test_the_command_says_so_with_its_exit_code(chain, kept, child):
    def run(*words):
        env = child | {"PYTHONPATH": str(ROOT / "src")}
        return subprocess.run([sys.executable, "-m", "meldroute.cli.main", "audit", "verify", *words], env=env,
                              capture_output=True, text=True)

    assert run("--digest", str(kept)).returncode == 0
    tamper(truncated, chain, with_digest=True)
    assert run().returncode == 0
    said = run("--digest", str(kept), "--json")
    told = json.loads(said.stdout)
    assert (said.returncode, told["sound"]) == (1, False)
    assert any("cut short" in found["cause"] for found in told["findings"])
    words = run("--digest", str(kept)).stdout
    for part in (f"entry {AT + 1}", "cause", "way out", "NOT sound"):
        assert part in words
    wrong = run("--digest", "nowhere.json")
    assert wrong.returncode == 2
    assert "cannot be read" in wrong.stderr


# What the kernel counts against a parent before it became this program is not in this figure.
WALK = """
import pathlib, sys, time
from meldroute.cli.main import main
started, code = time.monotonic(), main(["audit", "verify"])
most = next(l for l in pathlib.Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
print("used", int(most.split()[1]) / 1024, time.monotonic() - started)
sys.exit(code)
"""


def test_memory_stays_flat_however_long_the_chain(cast, child):
    """The process as the machine sees it: what a walk keeps is a batch, whatever the length."""
    told = []
    for length, body in ((size(1000, 10_000), cast.helmond), (size(6000, 100_000), cast.deurne)):
        fill(str(body.pk), length)
        said = subprocess.run([sys.executable, "-c", WALK], env=child | {"PYTHONPATH": str(ROOT / "src")}, check=True,
                              capture_output=True, text=True).stdout
        assert f"{body.name}: {length} read" in said
        told.append((length, *map(float, said.split()[-2:])))
    assert told[1][1] < told[0][1] + 8, f"entries, MiB at most, seconds: {told}"
