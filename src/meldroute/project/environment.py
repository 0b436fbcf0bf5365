"""Reads `MELDROUTE_*` and says aloud what is missing or wrong."""

import os
import secrets
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from meldroute.channels.scanner import WrongAddress, address_of
from meldroute.storage import row_security

PACKAGE = Path(__file__).resolve().parent.parent


class WrongSetting(ImproperlyConfigured):
    """A setting is missing or cannot be used. The message names it, the cause and the way out."""


def data_folder() -> Path:
    """Where the database, the keys and the built static files stand."""
    return Path(os.environ.get("MELDROUTE_DATA") or "data").absolute()


def memory_folder(data: Path) -> Path:
    """For what may never reach a disk or a backup; where a machine has no such folder, beside the data."""
    shared = Path("/dev/shm")  # noqa: S108  a file of our own there: mode 0600, no link is followed
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else data / "run"


def folder(name: str) -> Path | None:
    """A folder that must exist when it is named."""
    value = os.environ.get(name)
    if not value:
        return None
    if not Path(value).is_dir():
        raise WrongSetting(f"{name}: there is no folder {value}. Make it, or leave {name} out.")
    return Path(value).absolute()


def words(name: str, *, default: str) -> list[str]:
    """Words separated by spaces or commas."""
    return os.environ.get(name, default).replace(",", " ").split()


def whole_number(name: str, *, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise WrongSetting(f"{name}: '{value}' is not a whole number. Use for example {default}.")
    return int(value)


def base_url() -> str:
    """The address people know this site by; links in mail start with it."""
    value = os.environ.get("MELDROUTE_BASE_URL", "http://localhost:8000").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise WrongSetting(f"MELDROUTE_BASE_URL: '{value}' is not an address. Use for example https://meldroute.example.")
    return value


def leave_to() -> str:
    """Where a visitor from outside goes who must be gone at once: a page that says nothing about them."""
    value = os.environ.get("MELDROUTE_LEAVE_TO", "https://www.knmi.nl/nederland-nu/weer/verwachtingen")
    if urlsplit(value).scheme != "https" or not urlsplit(value).hostname:
        raise WrongSetting("MELDROUTE_LEAVE_TO: not an address. Use a page that anybody may look at, starting with https://.")
    return value


def one_of(name: str, allowed: tuple[str, ...], *, default: str) -> str:
    """A misspelt word may not quietly mean something else, such as mail in the clear."""
    value = os.environ.get(name, "").strip() or default
    if value not in allowed:
        raise WrongSetting(f"{name}: '{value}' is not known. Use {', '.join(word for word in allowed if word)}, or leave it out.")
    return value


def secret_key(data: Path) -> str:
    """From the environment, else from a file in the data folder that the first `meldroute run` makes."""
    if value := os.environ.get("MELDROUTE_SECRET_KEY", ""):
        if len(value) < 32:
            raise WrongSetting("MELDROUTE_SECRET_KEY: shorter than 32 characters. Use a long random text.")
        return value
    if os.environ.get("MELDROUTE_FIRST_START") == "allowed":  # said by cli.startup.allow_first_start
        _make_secret(data)
    try:
        return (data / "secret_key").read_text().strip()
    except FileNotFoundError:
        raise WrongSetting(
            f"MELDROUTE_SECRET_KEY: not set, and {data / 'secret_key'} does not exist. "
            "Put it in the environment, or start once with `meldroute run`."
        ) from None


def _make_secret(data: Path) -> None:
    """A folder and a secret that only this account can read; never over an existing one."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if data.stat().st_mode & 0o077:
        raise WrongSetting(f"MELDROUTE_DATA {data}: others can reach it. Run: chmod 700 {data}")
    if (data / "secret_key").exists():
        return
    draft = data / f".secret_key.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(data / "secret_key")


def database(data: Path) -> dict:
    """SQLite in the data folder, or PostgreSQL by its address: postgresql://user:password@host/name?pool=8."""
    value = os.environ.get("MELDROUTE_DATABASE", "")
    if not value:
        return _sqlite(data / "meldroute.sqlite3")
    parts = urlsplit(value)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgres(parts)
    # The value may hold a password, so it is not repeated.
    raise WrongSetting(
        "MELDROUTE_DATABASE: unknown kind of database. Use postgresql://user:password@host/name, "
        "sqlite:///folder/file, or leave it out for SQLite in the data folder."
    )


def _sqlite(path: Path) -> dict:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            # A transaction that reads first and writes later would fail instead of wait.
            "transaction_mode": "IMMEDIATE",
            # FULL: what was acknowledged is on disk. secure_delete: what was destroyed is gone from the file.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
            "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;",
        },
    }


def _postgres(parts: SplitResult) -> dict:
    options = dict(parse_qsl(parts.query))
    pool = options.pop("pool", "8")
    if not pool.isdecimal():
        raise WrongSetting("MELDROUTE_DATABASE: pool is not a whole number. Use for example ?pool=8.")
    pool = int(pool)
    host = options.pop("host", None) or unquote(parts.hostname or "")
    options["options"] = "-c synchronous_commit=on " + options.get("options", "")
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 20, "reset": row_security.forget}
    return {
        "ENGINE": "meldroute.storage.postgresql",  # Django's own, and the wall between municipalities
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else None,
        "OPTIONS": options,
    }


def scanner() -> str:
    """Where files are scanned for malware, `off`, or "" where nobody chose: no file can be added then."""
    value = os.environ.get("MELDROUTE_SCANNER", "").strip()
    try:
        if value:
            address_of(value)
    except WrongAddress as wrong:
        raise WrongSetting(str(wrong)) from None
    return value


def mail_backend() -> str:
    """A mail server; or, for a look at invented signals, `folder` (data/mail) or `console` instead of a host."""
    kinds = {"folder": "filebased", "console": "console"}
    return f"django.core.mail.backends.{kinds.get(os.environ.get('MELDROUTE_SMTP_HOST', ''), 'smtp')}.EmailBackend"
