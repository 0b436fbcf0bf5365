"""Malware scan by ClamAV's daemon, which is handed the bytes and answers in a word. The only way to it.

MELDROUTE_SCANNER names it: `unix:///run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`. The daemon gets the file as it
came, unsealed: so it stands on this machine, never across a network. `off` is a choice of the operator, and then it
says so at every file. Without the setting nothing can be scanned, and so nothing can be added.
"""

import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

OFF = "off"
PATIENCE = 30  # seconds for connecting and for each answer
PIECE = 64 * 1024
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


class ScannerMissing(Exception):
    """A scan is required and there is no scanner, or it does not answer. The file is not kept."""

    def __init__(self, cause: str):
        super().__init__(f"scanner: {cause}. Start clamd and name it in MELDROUTE_SCANNER, or set MELDROUTE_SCANNER=off.")
        self.cause = cause


class Infected(Exception):
    """The scanner knows this as malware. The file is not kept."""

    def __init__(self) -> None:
        super().__init__("scanner: this file holds malware. Do not open it; ask whoever sent it for another copy.")


class WrongAddress(ValueError):
    """MELDROUTE_SCANNER cannot be used."""

    def __init__(self, value: str, cause: str):
        super().__init__(f"MELDROUTE_SCANNER: '{value}' {cause}. Use unix:///run/clamav/clamd.ctl, tcp://127.0.0.1:3310 or off.")


@dataclass(frozen=True, slots=True)
class Daemon:
    path: str = ""
    host: str = ""
    port: int = 0


def address_of(value: str) -> Daemon | None:
    """Where the daemon listens; None for `off`. Raises `WrongAddress`."""
    if value == OFF:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise WrongAddress(value, "is no address") from None
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return Daemon(path=parts.path)
    if parts.scheme != "tcp" or not parts.hostname or not port:
        raise WrongAddress(value, "is no address")
    if parts.hostname not in _HERE:
        raise WrongAddress(value, "is another machine, and the file would travel unsealed")
    return Daemon(host=parts.hostname, port=port)


def scan(content: bytes) -> str:
    """"clean", or "off" where nothing is scanned by choice. Raises `Infected` and `ScannerMissing`."""
    daemon = _daemon()
    if daemon is None:
        return OFF
    answer = _ask(daemon, b"zINSTREAM\0", content)
    if answer.endswith("OK"):
        return "clean"
    if answer.endswith("FOUND"):
        raise Infected
    raise ScannerMissing("the scanner could not scan this file")


def check() -> None:
    """For the start: is the named daemon there? Raises `ScannerMissing` and `WrongAddress`. Nothing is asked when off."""
    daemon = _daemon()
    if daemon is not None and _ask(daemon, b"zPING\0") != "PONG":
        raise ScannerMissing("what listens there is no clamd")


def _daemon() -> Daemon | None:
    if not settings.MELDROUTE_SCANNER:
        raise ScannerMissing("no scanner is named")
    return address_of(settings.MELDROUTE_SCANNER)


def _ask(daemon: Daemon, command: bytes, content: bytes | None = None) -> str:
    try:
        with closing(_connect(daemon)) as line:
            line.sendall(command)
            if content is not None:
                _send(line, content)
            return _answer(line)
    except OSError as error:
        raise ScannerMissing(f"the scanner does not answer ({type(error).__name__})") from None


def _connect(daemon: Daemon) -> socket.socket:
    if daemon.host:
        return socket.create_connection((daemon.host, daemon.port), timeout=PATIENCE)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(PATIENCE)
    try:
        line.connect(daemon.path)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, content: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it answered before the end: that answer counts
        for start in range(0, len(content), PIECE):
            piece = content[start:start + PIECE]
            line.sendall(len(piece).to_bytes(4) + piece)
        line.sendall((0).to_bytes(4))


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (more := line.recv(4096)):
        said += more
    return said.rstrip(b"\0").decode("ascii", "replace").strip()
