"""Packs are found, read as one document, named without their place, and refused aloud when two claim one day."""

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from meldroute.policies import UnknownPack, available_packs, load_pack, read_pack, statements
from meldroute.rules.policy_parse import PolicyErrors
from tests.rules.smallest_pack import TOML

DAY = date(2026, 11, 23)


def pack(folder: Path, *, id="klein", valid_from="2025-01-01", valid_to=None, text=TOML, files=None) -> Path:
    """A pack in its folder, with the head in pack.toml and the rest beside it."""
    version = folder / id / valid_from
    version.mkdir(parents=True)
    text = text.replace('id = "klein"', f'id = "{id}"').replace("valid_from = 2025-01-01", f"valid_from = {valid_from}")
    if valid_to:
        text = text.replace("max_loops", f"valid_to = {valid_to}\nmax_loops")
    head, mark, rest = text.partition("[[entries]]")
    (version / "pack.toml").write_text(head, encoding="utf-8")
    (version / "rest.toml").write_text(mark + rest, encoding="utf-8")
    for name, content in (files or {}).items():
        (version / name).write_text(content, encoding="utf-8")
    return version


def refusal(action) -> str:
    with pytest.raises(PolicyErrors) as refused:
        action()
    return str(refused.value)


def test_the_shipped_pack_is_there_and_called_what_it_says():
    shipped = {ref.name: ref for ref in available_packs()}
    assert "oost-brabant 2021-01-01" in shipped
    for ref in shipped.values():
        assert (files("meldroute.policies") / ref.id / ref.valid_from.isoformat() / "pack.toml").is_file()


def test_an_extra_folder_adds_packs(tmp_path):
    pack(tmp_path)
    names = [(ref.name, ref.shipped) for ref in available_packs(tmp_path)]
    assert names == [("klein 2025-01-01", False), ("oost-brabant 2021-01-01", True)]
    assert load_pack("klein", on=DAY, folder=tmp_path).policy.id == "klein"


def test_the_version_of_the_day_is_loaded(tmp_path):
    pack(tmp_path, valid_to="2025-12-31")
    pack(tmp_path, valid_from="2026-01-01")
    on = {day: load_pack("klein", on=day, folder=tmp_path).name for day in (date(2025, 12, 31), date(2026, 1, 1))}
    assert on == {date(2025, 12, 31): "klein 2025-01-01", date(2026, 1, 1): "klein 2026-01-01"}


def test_a_day_without_a_version_says_which_there_are(tmp_path):
    pack(tmp_path)
    with pytest.raises(UnknownPack) as unknown:
        load_pack("klein", on=date(2024, 12, 31), folder=tmp_path)
    assert str(unknown.value) == (
        "policy 'klein': no version is valid on 2024-12-31. There is: klein 2025-01-01, oost-brabant 2021-01-01."
    )


def test_two_versions_on_one_day_are_refused(tmp_path):
    pack(tmp_path)
    pack(tmp_path, valid_from="2026-01-01")
    assert refusal(lambda: available_packs(tmp_path)) == (
        "policy 'klein': the versions of 2025-01-01 and 2026-01-01 are valid on the same day. "
        "Give the older one a valid_to before the newer one begins, or another id."
    )


def test_the_shipped_pack_cannot_be_replaced_in_silence(tmp_path):
    pack(tmp_path, id="oost-brabant", valid_from="2026-01-01")
    assert "policy 'oost-brabant': the versions of 2021-01-01 and 2026-01-01" in refusal(
        lambda: available_packs(tmp_path)
    )


def test_a_key_in_two_files_is_refused(tmp_path):
    version = pack(tmp_path, files={"zelf.toml": '[[forms]]\nid = "AU"\n'})
    assert refusal(lambda: read_pack(version)) == (
        "file 'zelf.toml': forms stands in rest.toml too. Keep each top-level key in one file."
    )


def test_a_file_that_is_no_toml_is_named_with_the_spot(tmp_path):
    version = pack(tmp_path, files={"zelf.toml": "a = \n"})
    assert refusal(lambda: read_pack(version)).startswith(
        "file 'zelf.toml': is not valid TOML: Invalid value (at line 1"
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", "pack folder '2025-01-01': misses id and valid_from in [pack]. Write id = "),
        ("pack = 3", "pack folder '2025-01-01': misses id and valid_from in [pack]. Write id = "),
        ('[pack]\nid = "klein"\nvalid_from = "soon"', "pack folder '2025-01-01': misses id and valid_from in [pack]."),
    ],
)
def test_a_version_that_does_not_say_who_it_is_is_refused(tmp_path, head, expected):
    (pack(tmp_path) / "pack.toml").write_text(head, encoding="utf-8")
    assert refusal(lambda: available_packs(tmp_path)).startswith(expected)


def test_a_folder_without_pack_toml_is_refused(tmp_path):
    (pack(tmp_path) / "pack.toml").unlink()
    assert (
        refusal(lambda: available_packs(tmp_path))
        == "pack folder '2025-01-01': misses pack.toml. Add the file with [pack]."
    )


def test_an_empty_folder_is_no_pack(tmp_path):
    (tmp_path / "leeg").mkdir()
    assert refusal(lambda: read_pack(tmp_path / "leeg")) == (
        "pack folder 'leeg': misses its files. Put pack.toml and the other files there."
    )


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert "does not exist" in refusal(lambda: available_packs(tmp_path / "weg"))


def test_a_broken_extra_pack_is_refused_and_the_shipped_one_still_loads(tmp_path):
    pack(tmp_path, text=TOML.replace('act = "close"', 'act = "shut"'))
    assert "step 'sluit': unknown act shut." in refusal(lambda: load_pack("klein", on=DAY, folder=tmp_path))
    assert load_pack("oost-brabant", on=DAY, folder=tmp_path).name == "oost-brabant 2021-01-01"


def test_no_message_and_no_name_tells_where_a_pack_stands(tmp_path):
    version = pack(tmp_path, text=TOML.replace('act = "close"', 'act = "shut"'))
    assert str(tmp_path) not in refusal(lambda: read_pack(version))
    assert str(tmp_path) not in repr(available_packs(tmp_path))


def test_the_same_content_has_the_same_hash_wherever_it_stands(tmp_path):
    one = read_pack(pack(tmp_path / "a"))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    other = read_pack(tmp_path / "b" / "klein" / "2025-01-01")
    assert (one.hash, one.canonical) == (other.hash, other.canonical)


def test_statements_stand_beside_the_running_pack_and_outside_its_hash(tmp_path):
    version = pack(tmp_path)
    before = read_pack(version).hash
    (version / "statements.toml").write_text(
        '[[statements]]\nid = "S-1"\nchapter = "1"\nnl = "Zo is het."\nwhere = "blz. 1"\nbuild = true\nstatus = "policy"\n'
    )
    assert read_pack(version).hash == before
    assert statements("klein", on=DAY, folder=tmp_path)["S-1"].nl == "Zo is het."


def test_broken_statements_are_refused(tmp_path):
    (pack(tmp_path) / "statements.toml").write_text(
        '[[statements]]\nid = "S-1"\nchapter = "1"\nnl = "Zo."\nbuild = 1\n'
    )
    found = refusal(lambda: statements("klein", on=DAY, folder=tmp_path))
    assert "file 'statements.toml', statement 'S-1': build is neither true nor false." in found


def test_the_policy_of_oost_brabant_has_all_its_statements():
    found = statements(on=DAY)
    assert len(found) == 424
    assert (found["S-B2-32"].where, found["S-B2-32"].build) == ("bijlage 2, stap 3", True)
