"""A document that points somewhere points to something, and what it tells you to type exists."""

import re
from pathlib import Path

import pytest

from meldroute.cli.main import COMMANDS, main
from meldroute.rules.acts import STATE_KINDS, STATUSES
from meldroute.rules.guards import GUARDS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_exists(page):
    text = page.read_text()
    typed = re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE)
    for target in typed:
        assert re.search(rf"^{target}:", MAKEFILE, flags=re.MULTILINE), f"{page.name}: there is no make {target}"
    words = {name.replace("_", "-") for name in COMMANDS}
    for word in re.findall(r"`meldroute ([a-z][a-z-]+)", text):
        assert word in words, f"{page.name}: there is no meldroute {word}"


def test_every_make_target_is_explained():
    for target in re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)[1].split():
        if target not in {"help", "lint", "assets", "system"}:
            assert f"make {target} " in MAKEFILE, f"make help does not explain {target}"


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_both_readmes_tell_the_same():
    """The same headings in the same order, and the same commands."""
    english, dutch = ((ROOT / name).read_text() for name in ("README.md", "README.nl.md"))
    assert english.count("\n## ") == dutch.count("\n## ")
    assert re.findall(r"^(?:make|meldroute) \S+", english, flags=re.MULTILINE) == re.findall(
        r"^(?:make|meldroute) \S+", dutch, flags=re.MULTILINE
    )


def test_every_setting_is_explained_and_every_explained_setting_is_read():
    read = set()
    for path in (ROOT / "src/meldroute").rglob("*.py"):
        read |= set(re.findall(r"""environ(?:\.get\(|\.setdefault\(|\[)\s*["'](MELDROUTE_\w+)""", path.read_text()))
        read |= set(re.findall(r"""(?:folder|words|whole_number|one_of)\(["'](MELDROUTE_\w+)""", path.read_text()))
    explained = set(re.findall(r"`(MELDROUTE_\w+)`", (ROOT / "docs/operations.md").read_text()))
    assert read == explained


def test_the_answer_in_the_readme_is_what_the_program_says(capsys):
    for page, words in (("README.md", ["--language", "en"]), ("README.nl.md", [])):
        assert main(["explain", "SU", *words]) == 0
        said = capsys.readouterr().out.splitlines()
        shown = re.search(r"^\$ meldroute explain SU.*\n((?:.+\n)+)```", (ROOT / page).read_text(), flags=re.MULTILINE)[1]
        for line in shown.splitlines():
            assert line in said, f"{page} shows what the program does not say: {line}"


def test_the_page_about_rules_lists_exactly_what_a_pack_may_choose_from():
    text = (ROOT / "docs/rules.md").read_text()
    for heading, known in (("kind", STATE_KINDS), ("guard", GUARDS), ("status", STATUSES)):
        table = re.search(rf"^\| {heading} \|.*\n\| --- .*\n((?:\|.*\n)+)", text, flags=re.MULTILINE)[1]
        assert set(re.findall(r"^\| `([^`]+)`", table, flags=re.MULTILINE)) == set(known)


def test_the_broken_policy_in_the_page_about_rules_is_refused_in_these_words(capsys):
    assert main(["check-policy", str(ROOT / "tests/broken_packs/dead-end/proefregio/2025-01-01")]) == 1
    said = capsys.readouterr().out
    shown = re.search(r"^policy proefregio.*?(?=```)", (ROOT / "docs/rules.md").read_text(), flags=re.MULTILINE | re.DOTALL)[0]
    for line in shown.strip().splitlines():
        assert line in said
