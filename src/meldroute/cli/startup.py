"""What a command needs before its service call: Django, and for `run` and `migrate` an installation in order."""

import io
import os
import sys
from datetime import datetime
from pathlib import Path

import meldroute

VENDOR_CSS = Path(meldroute.__file__).parent / "web" / "static" / "vendor" / "nlds.css"


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldroute.project.settings")
    import django

    django.setup()
    from meldroute.services import boundaries

    boundaries.enter_everywhere()  # a command works for all municipalities; each request of the web server for one


def allow_first_start() -> None:
    """On this machine only: a folder and keys that do not exist yet may be made, readable by this account alone."""
    os.umask(0o077)
    os.environ["MELDROUTE_FIRST_START"] = "allowed"


def bring_up_to_date(*, now: datetime) -> None:
    """Checks, tables, cache table, static files; then the keys and policy packs that this database belongs to."""
    from django.core.management import call_command

    from meldroute.services import installation

    call_command("check", stdout=io.StringIO())  # a page that cannot be read is found now, not by its first visitor
    call_command("migrate", verbosity=0, interactive=False)
    installation.guard()
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    installation.prepare(now=now)


def no_database(error: Exception) -> str:
    """Not the driver's own words: they may hold an address and an account."""
    return (f"the database does not answer, or is not up to date ({type(error).__name__}). Check MELDROUTE_DATABASE and "
            "MELDROUTE_DATA, and run `meldroute migrate`.")


def has_styles() -> bool:
    """The style sheets are built, not committed; say how when they are not there."""
    if VENDOR_CSS.exists():
        return True
    print(
        "meldroute: the style sheets are not built (static/vendor/nlds.css is missing).\n"
        "In a clone: make assets. Installed otherwise: reinstall the package, for example\n"
        "uv sync --reinstall-package meldroute, or pip install --force-reinstall --no-deps .",
        file=sys.stderr,
    )
    return False
