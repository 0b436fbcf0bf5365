"""The ground every test stands on: a data folder of its own, a keyring, one of two databases, a mail server.

MELDROUTE_TEST_DB=sqlite (a file in WAL, as in use; the default) or postgres (a throwaway server).
"""

import contextlib
import dataclasses
import functools
import os
import shutil
import socket
import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from types import NoneType
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from django.utils.safestring import SafeString
from hypothesis import settings as generated

from tests import behind_the_wall
from tests.ground import place
from tests.throwaway_postgres import throwaway_postgres

_closing = contextlib.ExitStack()
generated.register_profile("steady", deadline=None)  # a busy machine is no failure
generated.load_profile("steady")


def pytest_configure(config):
    """Before Django reads its settings: nothing of the machine's own environment takes part."""
    if _hands_out(config):
        return
    for name in [name for name in os.environ if name.startswith("MELDROUTE_") and name not in _ABOUT_THE_RUN]:
        del os.environ[name]
    data = Path(tempfile.mkdtemp(prefix="meldroute-test-", dir=place()))
    _closing.callback(shutil.rmtree, data, ignore_errors=True)
    os.environ["MELDROUTE_DATA"] = str(data)
    os.environ["MELDROUTE_SECRET_KEY"] = "only for tests, and long enough to be accepted"
    if os.environ.get("MELDROUTE_TEST_DB") == "postgres":
        os.environ["MELDROUTE_DATABASE"] = _closing.enter_context(throwaway_postgres(place()))
    os.environ["DJANGO_SETTINGS_MODULE"] = "meldroute.project.settings"
    _adjust_settings(data)


_ABOUT_THE_RUN = {"MELDROUTE_TEST_DB", "MELDROUTE_DRILL", "MELDROUTE_DRILL_SEED", "MELDROUTE_DRILL_TIMES", "MELDROUTE_SCREENSHOTS"}


def _adjust_settings(data: Path) -> None:
    """Only what would make tests slow, or needs a build step that a test does not take."""
    from django.conf import settings

    from meldroute.storage.keyring import create_keyring

    create_keyring(settings.MELDROUTE_KEYRING)
    settings.MELDROUTE_MEMORY = Path(tempfile.mkdtemp(prefix="meldroute-memory-"))  # not this machine's own
    _closing.callback(shutil.rmtree, settings.MELDROUTE_MEMORY, ignore_errors=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        settings.DATABASES["default"]["TEST"] = {"NAME": str(data / "test.sqlite3")}


def pytest_sessionstart(session):
    if not _hands_out(session.config):
        behind_the_wall.close_services()


def _hands_out(config) -> bool:
    """Who hands out tests to workers runs none, and leaves the environment alone: each worker makes ground of its own."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


def pytest_unconfigure(config):
    _closing.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Emptying the tables between tests took most of the time, and is not what is tested."""
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db import connection
    from django.db.models.signals import post_migrate

    # Rights here are memberships; Django's own permissions are used by nobody, yet made again at each emptying.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    # On the class: beside the browser's event loop a test has another connection than the one of this fixture.
    if connection.vendor != "postgresql":
        type(connection.ops).sql_flush = _delete_guarded_rows
        yield
        return
    with django_db_blocker.unblock():
        owner = behind_the_wall.become_the_application()
    type(connection.ops).sql_flush = _delete_rows
    with behind_the_wall.flushing_as(owner) as connection.ops.execute_sql_flush:
        yield
    with django_db_blocker.unblock():
        behind_the_wall.become(owner)


def _delete_rows(operations, style, tables, **_) -> list[str]:
    """A few rows in many tables: DELETE is done in a moment, where TRUNCATE makes new files for every table and index."""
    rows = (f'DELETE FROM "{table}"' for table in tables)
    return ["SET session_replication_role = replica", *rows, "SET session_replication_role = DEFAULT"]


def _delete_guarded_rows(operations, style, tables, **_) -> list[str]:
    """SQLite cannot switch triggers off: those in the way are taken away and put back as they were, in the same transaction.

    Most tables are empty, and a test seldom meets more than a few of the guards.
    """
    filled = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
    with operations.connection.cursor() as cursor:
        cursor.execute(filled)
        rows = [f'DELETE FROM "{table}"' for table, in cursor.fetchall()]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% BEFORE DELETE %'")
        guards = dict(cursor.fetchall()) if rows else {}
    return [*(f"DROP TRIGGER {name}" for name in guards), *rows, *guards.values()]


@pytest.fixture
def as_owner(transactional_db):
    """What only the owner of the tables may do (docs/operations.md); `as_owner` before `cast` in a test that needs both."""
    with behind_the_wall.as_owner():
        yield


@pytest.fixture(autouse=True)
def a_test_sees_every_municipality():
    """Or it could not look at what was done. What it asks of a page or a service is held (tests/behind_the_wall.py)."""
    from meldroute.services import boundaries

    with boundaries.everywhere():
        yield


@pytest.fixture(autouse=True)
def no_models_in_templates():
    """A page gets cards, never rows: what is not on the card cannot leak, and cannot query."""
    from django.test.signals import template_rendered

    leaks, looked = [], {}

    def inspect(context, template, **_):
        name = template.name or ""  # a template made from a string has none
        if name.startswith(("account/", "mfa/")) and name.endswith(".txt"):
            return  # the sign-in library hands its user to its own short texts, such as "you have signed in"
        for layer in getattr(context, "dicts", []):
            leaks.extend(f"{key} in {name}" for key, value in layer.items() if _holds_a_row(value, looked))

    template_rendered.connect(inspect)
    yield
    template_rendered.disconnect(inspect)
    assert not leaks, f"rows reached a template: {sorted(set(leaks))}"


_NEVER_A_ROW = {str, SafeString, bytes, bool, int, float, NoneType, UUID, date, datetime}


def _holds_a_row(value: object, looked: dict[int, tuple[int, object]], depth: int = 4) -> bool:
    """`looked` remembers, with how deep, frozen cards without a row: each part of a page is given all of them again."""
    from django.db.models import Model, QuerySet
    from django.utils.functional import LazyObject, empty

    kind = type(value)
    if kind in _NEVER_A_ROW or looked.get(id(value), (0, None))[0] >= depth > 0:
        return False
    if issubclass(kind, LazyObject) and value._wrapped is empty:
        return False  # nobody asked for it, and asking would change the answer: a CSRF cookie, a query
    if isinstance(value, Model | QuerySet):
        return True
    if depth == 0:
        return False
    held = any(_holds_a_row(part, looked, depth - 1) for part in _parts(value))
    if not held and dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen:
        looked[id(value)] = depth, value  # kept, so that nothing else gets its id
    return held


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, name) for name in _fields(type(value))]
    return ()


@functools.cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class MailServer:
    """A real mail server on this machine. `messages` holds what it accepted; `refuse` makes it refuse the next ones."""

    def __init__(self) -> None:
        self.messages = []
        self.refuse = 0
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            self.refuse -= 1
            return "451 4.3.0 refused by the test"
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@pytest.fixture
def mail_server(settings):
    """Mail goes over SMTP to a server that keeps it."""
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    server.stop()


@pytest.fixture
def cast(transactional_db):
    """The people of the tests (tests/cast.py) in an empty database."""
    from django.db import transaction

    from tests.cast import make_cast

    with transaction.atomic():  # one wait for the disk instead of a hundred
        return make_cast()


@pytest.fixture
def fresh_limits():
    """What other tests sent from outside does not count."""
    from meldroute.services.outside_limits import limits

    limits.forget()
    yield
    limits.forget()
