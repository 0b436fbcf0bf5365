"""A copy for somebody else's key is opened once before it counts, and a bad one never takes the place of a good one."""

import os
import tracemalloc

import pyrage
import pytest

from meldroute.storage import age_files
from meldroute.storage.age_files import (
    CopyBroken,
    WrongIdentity,
    WrongRecipient,
    identity_in,
    open_copy,
    recipients,
    write_copy,
)


@pytest.fixture
def person(tmp_path):
    identity = pyrage.x25519.Identity.generate()
    file = tmp_path / "identity.txt"
    file.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public()), file


def inside(path, file) -> bytes:
    found = bytearray()
    open_copy(path, identity_in(file), found.extend)
    return bytes(found)


def test_what_was_written_opens_for_every_person_who_was_named(person, tmp_path):
    other = pyrage.x25519.Identity.generate()
    (tmp_path / "other.txt").write_text(f"{other}\n")
    written = write_copy(tmp_path / "copy.age", [b"a", b"b" * 200_000], to=recipients([person[0], str(other.to_public())]))
    for file in (person[1], tmp_path / "other.txt"):
        assert inside(tmp_path / "copy.age", file) == b"a" + b"b" * 200_000
    assert written.size == (tmp_path / "copy.age").stat().st_size
    assert (tmp_path / "copy.age").stat().st_mode & 0o777 == 0o600
    assert b"bbbb" not in (tmp_path / "copy.age").read_bytes()


def test_the_key_that_opened_it_once_is_gone(person, tmp_path):
    write_copy(tmp_path / "copy.age", [b"text"], to=recipients([person[0]]))
    with pytest.raises(CopyBroken, match="not sealed to this identity"):
        open_copy(tmp_path / "copy.age", [pyrage.x25519.Identity.generate()], bytearray().extend)


@pytest.mark.parametrize("damage", ["cut", "cut at a piece", "changed", "header changed"])
def test_a_damaged_copy_is_refused_and_never_taken_for_whole(person, tmp_path, damage):
    path = tmp_path / "copy.age"
    write_copy(path, [bytes(300_000)], to=recipients([person[0]]))
    whole = path.read_bytes()
    start = whole.index(b"\n---") + 48
    path.write_bytes({"cut": whole[:-7], "cut at a piece": whole[:start + 16 + 65536 + 16],
                      "changed": whole[:-7] + bytes([whole[-7] ^ 1]) + whole[-6:],
                      "header changed": whole.replace(b"X25519 ", b"X25519 A", 1)}[damage])
    with pytest.raises(CopyBroken):
        inside(path, person[1])


def test_a_disk_that_changes_what_it_was_given_is_found_before_the_old_copy_goes(person, tmp_path, monkeypatch):
    path = tmp_path / "copy.age"
    write_copy(path, [b"the good one"], to=recipients([person[0]]))
    good, encrypt = path.read_bytes(), age_files._encrypt

    def bad_disk(draft, source, to):
        encrypt(draft, source, to)
        draft.write_bytes(draft.read_bytes()[:-1])

    monkeypatch.setattr(age_files, "_encrypt", bad_disk)
    with pytest.raises(CopyBroken):
        write_copy(path, [b"the next one"], to=recipients([person[0]]), over=True)
    assert path.read_bytes() == good
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.age", "identity.txt"]


def test_a_copy_is_never_written_over_unless_it_is_the_one_that_is_replaced(person, tmp_path):
    path, to = tmp_path / "copy.age", recipients([person[0]])
    write_copy(path, [b"one"], to=to)
    with pytest.raises(FileExistsError):
        write_copy(path, [b"two"], to=to)
    assert inside(path, person[1]) == b"one"
    write_copy(path, [b"two"], to=to, over=True)
    assert inside(path, person[1]) == b"two"


def test_what_goes_wrong_while_it_is_made_comes_out_as_it_is(person, tmp_path):
    def pieces():
        yield b"x" * 100_000
        raise ValueError("the database went away")

    with pytest.raises(ValueError, match="went away"):
        write_copy(tmp_path / "copy.age", pieces(), to=recipients([person[0]]))
    assert not list(tmp_path.glob("*copy*"))


def test_a_disk_that_is_full_half_way_lets_go_of_what_makes_the_pieces(person, tmp_path, monkeypatch):
    """Which may hold a transaction open: what is written down next must not be lost with it."""
    closed = []

    def pieces():
        try:
            while True:
                yield os.urandom(65536)
        finally:
            closed.append(True)

    written = []

    def full(piece):
        written.append(piece)
        if len(written) > 20:
            raise OSError(28, "No space left on device")

    target = age_files._Target
    monkeypatch.setattr(age_files, "_Target", lambda take: target(full))
    made = pieces()
    with pytest.raises(OSError, match="No space left"):
        write_copy(tmp_path / "copy.age", made, to=recipients([person[0]]))
    assert closed == [True]


def test_it_costs_the_same_memory_whatever_its_size(person, tmp_path):
    def peak(pieces: int) -> int:
        tracemalloc.start()
        write_copy(tmp_path / "copy.age", (bytes(65536) for _ in range(pieces)), to=recipients([person[0]]), over=True)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = (min(peak(pieces) for _ in range(3)) for pieces in (5, 200))  # other threads of the run allocate too
    assert large < 2 * small + 500_000


@pytest.mark.parametrize(("words", "said"), [
    ([], "none was named"), (["age1foo"], "'age1foo' is not a public age key"), (["someone@voorbeeld.example"], "is not a public"),
])
def test_a_wrong_recipient_is_refused_with_the_way_out(words, said):
    with pytest.raises(WrongRecipient, match=said):
        recipients(words)


def test_a_private_key_given_as_recipient_is_refused_and_not_repeated():
    secret = str(pyrage.x25519.Identity.generate())
    with pytest.raises(WrongRecipient, match="a private key is not a public age key") as refused:
        recipients([secret])
    assert secret[:40] not in str(refused.value)


@pytest.mark.parametrize("content", ["", "# only a remark\n", "AGE-SECRET-KEY-1NONSENSE\n", "age1foo"])
def test_a_file_without_an_identity_says_so_and_shows_nothing_of_it(tmp_path, content):
    (tmp_path / "id").write_text(content)
    with pytest.raises(WrongIdentity, match="holds no AGE-SECRET-KEY") as refused:
        identity_in(tmp_path / "id")
    assert "NONSENSE" not in str(refused.value)
    with pytest.raises(WrongIdentity, match="cannot be read"):
        identity_in(tmp_path / "nowhere")
