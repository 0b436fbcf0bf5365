"""`meldroute papers`: files that only this account reads, and refusals that say what to do."""

import pytest

from meldroute.cli.main import main

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_paper_is_a_file_for_this_account_alone(tmp_path, capsys):
    assert main(["papers", "--folder", str(tmp_path / "out")]) == 0
    made = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in made] == sorted(f"{id}.md" for id in (
        "dpia", "register", "logboeken", "cryptografie", "dreigingen", "verantwoordelijken"))
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert str(made[0]) in capsys.readouterr().out


def test_for_one_municipality(cast, tmp_path):
    assert main(["papers", "--folder", str(tmp_path), "--municipality", "GM0794"]) == 0
    assert "Gemeente Helmond" in (tmp_path / "dpia.md").read_text()


def test_an_incident_export_is_two_files(cast, tmp_path):
    words = ["papers", "--incident", "--folder", str(tmp_path), "--municipality", "GM0794",
             "--since", "2026-11-01", "--until", "2026-11-30"]
    assert main(words) == 0
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".csv", ".json"]


@pytest.mark.parametrize(("words", "code", "said"), [
    (["--municipality", "GM9999"], 1, "it is not in this database"),
    (["--incident"], 2, "needs --municipality, --since and --until"),
    (["--incident", "--municipality", "GM9999", "--since", "2026-11-01", "--until", "2026-11-02"], 1, "unknown_reference"),
])
def test_a_refusal_says_what_to_do(cast, tmp_path, capsys, words, code, said):
    assert main(["papers", "--folder", str(tmp_path / "x"), *words]) == code
    assert said in capsys.readouterr().out
    assert not (tmp_path / "x").exists()
