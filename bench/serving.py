"""The real web server on a free port, on the same cores as the database and the clients."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from meldroute.storage.database_roles import APPLICATION

PATIENCE = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Site:
    """`with site(workers=2) as port:`; `site.processes` are the workers of the last one started."""

    processes: tuple[int, ...] = ()

    @contextlib.contextmanager
    def __call__(self, *, workers: int) -> Iterator[int]:
        port = free_port()
        child = subprocess.Popen(env=_as_application(), args=[
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(workers), "--blocking-threads", "8", "--log-level", "error", "--no-access-log",
            "meldroute.project.wsgi:application"])
        try:
            _wait(port)
            self.processes = _children(child.pid)
            yield port
        finally:
            child.terminate()
            child.wait()


site = Site()


def _as_application() -> dict[str, str]:
    """On PostgreSQL the site runs under the account that row-level security holds, as docs/operations.md says."""
    address = os.environ.get("MELDROUTE_DATABASE", "").replace("://meldroute@", f"://{APPLICATION}@")
    return {**os.environ, "MELDROUTE_DATABASE": address} if address else dict(os.environ)


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            time.sleep(1)
            return
        time.sleep(0.1)
    raise TimeoutError(f"the web server did not answer within {PATIENCE} seconds")


def _children(pid: int) -> tuple[int, ...]:
    return tuple(int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
