"""Ask the worker for a bare copy, one file at a time in each process: a picture unpacked is a hundred times larger."""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from .kinds import REASONS, SUFFIXES, FileRefused

PATIENCE = 60  # seconds for one file; the worker may compute for half of it
_turn = threading.Semaphore(1)
_ROOT = Path(__file__).parents[3]
# Nothing of our own surroundings: no key, no password, no address of a database.
_SURROUNDINGS = {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}


class CleanerBroken(Exception):
    """The worker did not answer as agreed. Nothing was kept; the file may be hostile."""

    def __init__(self, cause: str):
        super().__init__(f"attachment: the cleaner {cause}. Nothing was kept. Make a new PDF or photo of it and try again.")


@dataclass(frozen=True, slots=True)
class Bare:
    kind: str
    content: bytes


def bare(content: bytes) -> Bare:
    """Raises `FileRefused` with a reason, or `CleanerBroken` when the worker died or hung on it."""
    with _turn:
        try:
            done = subprocess.run([sys.executable, "-P", "-m", "meldroute.services.cleaning.worker"], input=content,
                                  capture_output=True, timeout=PATIENCE, check=False, cwd=os.sep, env=_SURROUNDINGS)
        except subprocess.TimeoutExpired:
            raise CleanerBroken("took too long") from None
    if done.returncode:
        raise CleanerBroken("stopped")
    said, _, copy = done.stdout.partition(b"\n")
    return _answer(said.decode("ascii", "replace").split(), copy)


def _answer(words: list[str], copy: bytes) -> Bare:
    match words:
        case ["ok", kind] if kind in SUFFIXES and copy:
            return Bare(kind, copy)
        case ["refused", reason] if reason in REASONS:
            raise FileRefused(reason)
        case _:
            raise CleanerBroken("answered something else")
