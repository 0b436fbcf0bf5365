"""Identity providers come from a file that only this account reads; a wrong one stops the start and says why."""

import pytest

from meldroute.project.environment import WrongSetting
from meldroute.project.sign_on import providers

GOOD = """
[[provider]]
id = "helmond"
name = "Gemeente Helmond"
issuer = "https://login.helmond.example"
client_id = "meldroute"
client_secret = "geheim"
second_factor_amr = ["mfa"]
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    def write(text: str, mode: int = 0o600):
        path = tmp_path / "sso.toml"
        path.write_text(text)
        path.chmod(mode)
        monkeypatch.setenv("MELDROUTE_SSO", str(path))
        return providers()

    return write


def test_without_the_setting_there_are_none(monkeypatch):
    monkeypatch.delenv("MELDROUTE_SSO", raising=False)
    assert providers() == ()


def test_a_provider_and_its_secret(written):
    [(provider, secret)] = written(GOOD)
    assert (provider.id, provider.issuer, secret) == ("helmond", "https://login.helmond.example", "geheim")
    assert provider.second_factor_amr == {"mfa"}
    assert provider.second_factor_acr == set()


@pytest.mark.parametrize(("change", "says"), [
    (("https://", "http://"), "not an https address"), (('client_secret = "geheim"', ""), "client_secret is missing"),
    (('id = "helmond"', 'id = "Hel mond"'), "small letters"), (("name =", "naam = 1\nname ="), "naam is unknown"),
    (("[[provider]]", "[provider"), "not a list"), (("", GOOD), "two providers"),
])
def test_a_wrong_one_stops_the_start(written, change, says):
    text = GOOD + GOOD if change[0] == "" else GOOD.replace(*change)
    with pytest.raises(WrongSetting, match=says) as refused:
        written(text)
    assert "geheim" not in str(refused.value)


def test_a_file_that_others_can_read_is_refused(written):
    with pytest.raises(WrongSetting, match="chmod 600"):
        written(GOOD, mode=0o644)
