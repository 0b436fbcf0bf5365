"""An earlier commit measured beside this one in the same run: its code, its own bench, this machine, this hour.

Its packages are those installed here: the tests of an upgrade hold that a release needs no more than the next one has.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = Path("src/meldroute/web/static/vendor")  # style sheets, built and not committed
ROUNDS = 2  # before, now, before, now: what drifts on a shared machine drifts for both

Figures = dict[tuple[str, str, object], float]


@contextlib.contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="meldroute-before-"))
    try:
        subprocess.run(["git", "worktree", "add", "--detach", "--force", folder / "tree", commit], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.copytree(ROOT / VENDOR, folder / "tree" / VENDOR)
        subprocess.run([sys.executable, "scripts/messages.py", "--compile"], cwd=folder / "tree", check=True,
                       stdout=subprocess.DEVNULL)
        yield folder / "tree"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=True)


def compare(commit: str, measure: Callable[[Path], list[dict]]) -> list[dict]:
    """`measure` runs the bench of a folder. One row per figure that both have: before, now and how many times as long."""
    found: dict[str, list[Figures]] = {"before": [], "now": []}
    with checked_out(commit) as before:
        for _ in range(ROUNDS):
            found["before"].append(_figures(measure(before)))
            found["now"].append(_figures(measure(ROOT)))
    return [_row(key, found) for key in found["now"][0] if all(key in figures for figures in found["before"])]


def _figures(rows: list[dict]) -> Figures:
    return {(row["database"], row["what"], row["size"]): row["p50"] for row in rows if "p50" in row}


def _row(key: tuple[str, str, object], found: dict[str, list[Figures]]) -> dict:
    before, now = (statistics.mean(figures[key] for figures in found[name]) for name in ("before", "now"))
    database, what, size = key
    return {"database": database, "what": f"{what}, against", "size": size, "before": round(before, 1), "now": round(now, 1),
            "times": round(now / before, 2)}


def environment(folder: Path) -> dict[str, str]:
    """The code of that folder, whatever is installed."""
    return {**os.environ, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}"}
