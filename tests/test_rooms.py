"""The floor plan holds, and every room has a sign on its door."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import meldroute

ROOT = Path(meldroute.__file__).parent
ROOMS = [module.name for module in pkgutil.iter_modules(meldroute.__path__)]
PLAN = {"rules", "policies", "storage", "channels", "services", "web", "cli", "project"}
SOURCES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)


def test_the_house_has_these_rooms_and_no_others():
    assert set(ROOMS) == PLAN


@pytest.mark.parametrize("room", sorted(PLAN))
def test_every_room_has_a_sign(room):
    sign = importlib.import_module(f"meldroute.{room}").__doc__ or ""
    assert sign.startswith(f"Room: {room}."), f"meldroute/{room}/__init__.py needs its sign"
    for line in ("\nIn:   ", "\nOut:  ", "\nDoor: "):
        assert line in sign, f"meldroute/{room}/__init__.py: the sign lacks{line.rstrip()}"


def test_only_channels_send_anything_out():
    outside = {"smtplib", "socket", "http", "urllib", "requests", "httpx", "ftplib", "telnetlib", "asyncio"}
    harmless = ("http.HTTPStatus", "urllib.parse")  # a list of numbers, and taking an address apart
    allowed = {("cli/run.py", "socket")}  # looks whether its port on this machine is free
    for path, module in imports():
        where = str(path.relative_to(ROOT))
        if where.startswith("channels/") or module.startswith(harmless) or (where, module) in allowed:
            continue
        assert module.split(".")[0] not in outside, f"{where} imports {module}: only channels leave the building"
        assert not module.startswith("django.core.mail"), f"{where} imports {module}: only channels send mail"


def test_nobody_listens_to_django_signals_but_the_meeting_with_the_sign_in_library():
    for path, module in imports():
        where = str(path.relative_to(ROOT))
        if not where.startswith("web/accounts/"):
            assert module not in {"django.dispatch", "django.db.models.signals"}, (
                f"{where} imports {module}: a service calls a service, so that the order can be read"
            )


def test_the_clock_is_an_argument():
    """`now` is read at a door (web, cli, project) and passed in."""
    for path in SOURCES:
        where = path.relative_to(ROOT)
        if where.parts[0] in {"web", "cli", "project"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                read = (node.value.id, node.attr)
                clocks = {("timezone", "now"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
                assert read not in clocks, f"{where}:{node.lineno} reads the clock: let the caller pass `now`"


def test_rules_know_the_type_of_an_id_but_make_none():
    for path, module in imports():
        if path.is_relative_to(ROOT / "rules"):
            assert module == "uuid" or not module.startswith("uuid.") or module == "uuid.UUID", (
                f"{path.relative_to(ROOT)} imports {module}: an id is made by who stores it"
            )


def test_there_is_no_cupboard_for_everything():
    for path in SOURCES:
        assert path.stem not in {"utils", "util", "helpers", "misc", "common"}, f"{path}: name the subject"


def imports() -> Iterator[tuple[Path, str]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield path, node.module
                yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)
