"""Identity providers from a file that only this account reads: MELDROUTE_SSO names it.

    [[provider]]
    id = "helmond"
    name = "Gemeente Helmond"
    issuer = "https://login.helmond.example/realms/medewerkers"
    client_id = "meldroute"
    client_secret = "..."
    second_factor_acr = ["urn:example:mfa"]   # leave out, and the provider's second factor does not count
    second_factor_amr = ["mfa"]
"""

import os
import re
import stat
import tomllib
from pathlib import Path

from meldroute.project.environment import WrongSetting
from meldroute.rules.single_sign_on import Provider

NEEDED = ("id", "name", "issuer", "client_id", "client_secret")
ALLOWED = {*NEEDED, "second_factor_acr", "second_factor_amr"}


def providers() -> tuple[tuple[Provider, str], ...]:
    """Each with its secret. None without MELDROUTE_SSO."""
    value = os.environ.get("MELDROUTE_SSO")
    return _read(Path(value)) if value else ()


def _read(path: Path) -> tuple[tuple[Provider, str], ...]:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise WrongSetting(f"MELDROUTE_SSO: others can read {path}, and it holds secrets. Run: chmod 600 {path}")
        rows = tomllib.loads(path.read_text())["provider"]
        made = tuple(_provider(row) for row in rows)
    except OSError as error:
        raise WrongSetting(f"MELDROUTE_SSO: {path} cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        raise WrongSetting(f"MELDROUTE_SSO: {path} is not a list of [[provider]] in TOML. See docs/operations.md.") from None
    for names in ([p.id for p, _ in made], [p.issuer for p, _ in made]):
        if len(set(names)) != len(names):
            raise WrongSetting("MELDROUTE_SSO: two providers have the same id or issuer. Give each its own.")
    return made


def _provider(row: dict) -> tuple[Provider, str]:
    place = f"MELDROUTE_SSO, provider '{row.get('id', '?')}'"
    if missing := [name for name in NEEDED if not isinstance(row.get(name), str) or not row[name]]:
        raise WrongSetting(f"{place}: {missing[0]} is missing.")
    if unknown := sorted(set(row) - ALLOWED):
        raise WrongSetting(f"{place}: {unknown[0]} is unknown. Use {', '.join(sorted(ALLOWED))}.")
    if not re.fullmatch("[a-z0-9-]{1,40}", row["id"]):
        raise WrongSetting(f"{place}: an id has small letters, digits and dashes only.")
    from meldroute.channels.identity_provider import is_closed  # only where it is used: commands start without it

    if not is_closed(row["issuer"]):
        raise WrongSetting(f"{place}: its issuer is not an https address.")
    return Provider(row["id"], row["name"], row["issuer"], row["client_id"],
                    frozenset(row.get("second_factor_acr", ())), frozenset(row.get("second_factor_amr", ()))), row["client_secret"]
