"""A real ClamAV daemon for a test: its own folder, its own account, and a signature file with EICAR and nothing else.

Nothing is downloaded. A fact about the machine decides whether it can run: is `clamd` there?
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# The test file of the anti-virus trade, in two halves: whole, a scanner would take this source file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = f"Meldroute.Eicar:0:*:{EICAR.hex()}\n"
LARGEST = "12M"
PATIENCE = 60


def found() -> str | None:
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def daemon() -> Iterator[tuple[str, str]]:
    """Its two addresses: by socket file and by port."""
    with tempfile.TemporaryDirectory(prefix="meldroute-clamd-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "db").mkdir()
        (folder / "tmp").mkdir(mode=0o777)
        (folder / "tmp").chmod(0o777)
        (folder / "db" / "eicar.ndb").write_text(SIGNATURE)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        (folder / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {folder}/db\nTemporaryDirectory {folder}/tmp\n"
            f"LocalSocket {folder}/tmp/clamd\nLocalSocketMode 666\nTCPSocket {port}\nTCPAddr 127.0.0.1\nMaxThreads 2\n"
            f"StreamMaxLength {LARGEST}\nConcurrentDatabaseReload no\n" + (f"User {_nobody()}\n" if os.getuid() == 0 else ""))
        process = subprocess.Popen([found(), "--config-file", folder / "clamd.conf"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            _wait(process, port)
            yield f"unix://{folder}/tmp/clamd", f"tcp://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _nobody() -> str:
    return "nobody"


def _wait(process: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"clamd stopped: {process.stdout.read().decode(errors='replace')}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("clamd did not start in time")
