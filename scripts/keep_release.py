"""Keep the database of a release, with its data, for the test that a later release still takes it over.

Run with the code of that release on the path and the name of its folder:

    git worktree add ../release v0.1.0
    PYTHONPATH=../release/src python scripts/keep_release.py tests/upgrades/0.1.0

It fills an empty SQLite database with the demo, all of it invented, and writes it as the lines of a backup that is
not sealed, beside a keyring made for this file and used nowhere else. Only dumping.py comes from this release.
"""

import importlib.util
import json
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    data = Path(tempfile.mkdtemp(prefix="meldroute-release-"))
    os.environ |= {"MELDROUTE_DATA": str(data), "MELDROUTE_SMTP_HOST": "console", "MELDROUTE_FIRST_START": "allowed"}
    data.chmod(0o700)
    from meldroute.cli import startup

    startup.allow_first_start()
    startup.set_up_django()
    from meldroute.services import demo

    now = datetime.now(UTC)
    startup.bring_up_to_date(now=now)
    demo.load_demo(now=now)
    dumping = _dumping()
    for part in ("data", "keys"):
        (folder / f"{part}.dump").write_bytes(b"".join(dumping.dump(part, about=_about(folder.name, now))))
    ring = json.loads((data / "keys" / "keyring.json").read_text())
    (folder / "test-only-keyring.json").write_text(json.dumps(
        {"about": "made for the test of upgrades; opens the invented signals in this folder, nothing else", **ring},
        indent=2) + "\n")
    shutil.rmtree(data)


def _about(release: str, now: datetime) -> dict:
    from meldroute.storage.keyring import keyring_fingerprint

    return {"release": release, "at": now.isoformat(timespec="seconds"), "keyring": keyring_fingerprint()}


def _dumping():
    """Of this release, whatever the one on the path has."""
    found = importlib.util.spec_from_file_location("dumping", HERE / "src/meldroute/storage/dumping.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(Path(sys.argv[1]))
