"""What is built from others' work: exact versions, free licences, and no address of anybody's index."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "src/meldroute/web/static/vendor"
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json"]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_names_no_host(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"https?://|file:|index-url|find-links|resolved", text)
    if name.endswith(".lock"):
        pinned = re.findall(r"^[a-z0-9][\w.-]*==\S+.*\\\n    --hash=sha256:", text, flags=re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^\S", text, flags=re.MULTILINE))


def test_every_npm_package_is_exact_free_and_checked_by_hash():
    for name, version in json.loads((ROOT / "package.json").read_text())["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name}: pin an exact version"
    for name, entry in json.loads((ROOT / "package-lock.json").read_text())["packages"].items():
        if name:
            assert entry["license"] == "EUPL-1.2", f"{name} is {entry['license']}"
            assert entry["integrity"].startswith("sha512-")
            assert not entry.get("hasInstallScript")
            # Its licence says that the open licence does not apply to it.
            assert not name.endswith("@utrecht/design-tokens")


def test_the_style_sheet_asks_nothing_from_elsewhere_and_carries_its_licences():
    css = (VENDOR / "nlds.css").read_text()
    assert ".nl-button" in css
    assert ".utrecht-form-field" in css
    assert ".voorbeeld-theme{" in css
    assert "url(" not in css
    assert "@import" not in css
    assert "sourceMappingURL" not in css
    notice = (VENDOR / "LICENSES/NOTICE.txt").read_text()
    for name in json.loads((ROOT / "package.json").read_text())["dependencies"]:
        assert f"{name} " in notice
    assert list((VENDOR / "LICENSES").glob("EUPL-1.2-*.md"))


def test_every_runtime_package_says_what_it_is_for():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    for line in text.splitlines():
        if any(f'"{name}"' in line for name in wanted):
            assert "  # " in line, f"say why: {line}"
