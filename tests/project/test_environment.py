"""Settings come from the environment, and a wrong one says what to change."""

import stat
import subprocess
import sys

import pytest

from meldroute.project import environment
from meldroute.project.environment import WrongSetting
from meldroute.project.settings import LOG_LEVELS


def test_without_a_word_the_database_is_a_durable_file_in_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("MELDROUTE_DATABASE", raising=False)
    database = environment.database(tmp_path)
    assert database["NAME"] == tmp_path / "meldroute.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for promise in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY"):
        assert promise in database["OPTIONS"]["init_command"]


def test_a_postgresql_address_gives_a_durable_pooled_database(monkeypatch, tmp_path):
    monkeypatch.setenv("MELDROUTE_DATABASE", "postgresql://me:p%40ss@db.example:5433/melding?pool=4&sslmode=verify-full")
    database = environment.database(tmp_path)
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"], database["NAME"]) == (
        "me", "p@ss", "db.example", "5433", "melding",
    )  # fmt: skip
    assert database["OPTIONS"]["options"].startswith("-c synchronous_commit=on")
    assert database["OPTIONS"]["pool"]["max_size"] == 4
    assert database["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("MELDROUTE_DATABASE", "mysql://me:secret@db/x", "Use postgresql://"),
        ("MELDROUTE_BASE_URL", "meldroute.example", "Use for example https://"),
        ("MELDROUTE_WORKERS", "many", "is not a whole number"),
        ("MELDROUTE_PACKS", "/no/such/folder", "Make it, or leave MELDROUTE_PACKS out"),
        ("MELDROUTE_SECRET_KEY", "short", "Use a long random text"),
        ("MELDROUTE_DATABASE", "postgresql://me:secret@db/x?pool=many", "pool is not a whole number"),
        ("MELDROUTE_SMTP_SECURITY", "ssl", "'ssl' is not known. Use starttls, tls, or leave it out"),
        ("MELDROUTE_LOG_LEVEL", "luid", "Use CRITICAL, ERROR, WARNING, INFO, DEBUG"),
    ],
)
def test_a_wrong_setting_names_itself_and_the_way_out(monkeypatch, tmp_path, name, value, way_out):
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting, match=way_out) as refused:
        read_all(tmp_path)
    assert name in str(refused.value)
    assert "secret@" not in str(refused.value)


def read_all(data):
    environment.database(data)
    environment.base_url()
    environment.whole_number("MELDROUTE_WORKERS", default=1)
    environment.folder("MELDROUTE_PACKS")
    environment.one_of("MELDROUTE_SMTP_SECURITY", ("", "starttls", "tls"), default="")
    environment.one_of("MELDROUTE_LOG_LEVEL", LOG_LEVELS, default="WARNING")
    environment.secret_key(data)


def test_without_a_secret_nothing_starts(monkeypatch, tmp_path):
    monkeypatch.delenv("MELDROUTE_SECRET_KEY")
    monkeypatch.delenv("MELDROUTE_FIRST_START", raising=False)
    with pytest.raises(WrongSetting, match="start once with `meldroute run`"):
        environment.secret_key(tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_the_first_start_makes_a_secret_that_only_this_account_reads(monkeypatch, tmp_path):
    monkeypatch.delenv("MELDROUTE_SECRET_KEY")
    monkeypatch.setenv("MELDROUTE_FIRST_START", "allowed")
    secret = environment.secret_key(tmp_path / "data")
    assert len(secret) >= 60
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert environment.secret_key(tmp_path / "data") == secret


def test_a_data_folder_that_others_can_reach_is_refused(monkeypatch, tmp_path):
    monkeypatch.delenv("MELDROUTE_SECRET_KEY")
    monkeypatch.setenv("MELDROUTE_FIRST_START", "allowed")
    (tmp_path / "data").mkdir(mode=0o755)
    with pytest.raises(WrongSetting, match="chmod 700"):
        environment.secret_key(tmp_path / "data")


def test_the_settings_are_closed_by_default(settings):
    assert settings.DEBUG is False
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["default-src"] == ["'none'"]
    assert all("unsafe" not in source for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in sources)
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False
    assert settings.PASSWORD_HASHERS[-1] == "meldroute.storage.passwords.BoundedArgon2PasswordHasher"


def test_over_https_every_cookie_is_secure(tmp_path):
    """Read in a process of its own: settings are read once."""
    asked = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_HSTS_SECONDS"]
    code = f"from meldroute.project import settings; print(all(getattr(settings, n) for n in {asked}))"
    environ = {"MELDROUTE_DATA": str(tmp_path), "MELDROUTE_SECRET_KEY": "x" * 40, "MELDROUTE_BASE_URL": "https://meldroute.example"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_a_cache_key_shows_nothing_of_what_it_counts():
    from django.core.cache import cache

    key = cache.make_key("login:ip:192.0.2.7")
    assert "192.0.2.7" not in key
    assert key == cache.make_key("login:ip:192.0.2.7")
    assert key != cache.make_key("login:ip:192.0.2.8")
