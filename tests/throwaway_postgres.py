"""A PostgreSQL server for as long as a test run: own folder, own socket, no port, thrown away afterwards."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

MISSING = "PostgreSQL is not installed. On Debian: apt-get install postgresql. Or set MELDROUTE_DATABASE yourself."


@contextlib.contextmanager
def throwaway_postgres(where: Path = Path("/tmp")) -> Iterator[str]:
    """Yields the MELDROUTE_DATABASE address. Durable as in production: fsync and synchronous_commit stay on."""
    folder = Path(tempfile.mkdtemp(prefix="mrpg-", dir=where))  # a socket's path may be 107 characters at most
    account = _account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        _run(account, "initdb", "-D", folder / "data", "-U", "meldroute", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c max_connections=60"
        _run(account, "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql://meldroute@/meldroute?host={folder}&pool=0"
        finally:
            _run(account, "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Whom to run the server as: ourselves, but initdb refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL refuses root, and there is no account postgres or nobody. Run the tests as yourself.")


def _run(account: pwd.struct_passwd | None, program: str, *words: object) -> None:
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    with tempfile.TemporaryFile("w+") as said:  # not a pipe: the server inherits it and would never close it
        done = subprocess.run(
            [_binaries() / program, *map(str, words)],
            cwd="/tmp", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, **who,
        )
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{program} failed ({done.returncode}): {said.read()}")


def _binaries() -> Path:
    """Debian keeps the server's programs out of PATH, one folder per version."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if newest := max(versions, key=lambda path: int(path.parent.parent.name), default=None):
        return newest.parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise RuntimeError(MISSING)
