"""What is one region's stands in its pack: the code names no line, norm or partner of it, and asks for each moment."""

import re
from pathlib import Path

import pytest

import meldroute
from meldroute.rules.acts import ADVICE_MOMENTS, NORM_ROLES, REQUIRED_MOMENTS

ROOT = Path(meldroute.__file__).parent
EXAMPLES = {ROOT / "services" / "demo.py"}  # plays the five cases of this very region
QUOTED = re.compile(r"""["']([\w-]+)["']""")


def code():
    """Every program file and template, without the packs."""
    files = (path for kind in ("*.py", "*.html", "*.typ") for path in ROOT.rglob(kind))
    return {path: path.read_text() for path in files if "policies" not in path.parts and path not in EXAMPLES}


@pytest.fixture(scope="module")
def quoted():
    """Each quoted name outside `rules/`, where the closed lists stand, with the files that use it."""
    found = {}
    for path, text in code().items():
        for name in QUOTED.findall(text) if ROOT / "rules" not in path.parents else ():
            found.setdefault(name, set()).add(path.name)
    return found


def test_no_line_and_no_norm_of_a_region_is_named(quoted, oost_brabant):
    own = {line.id for line in oost_brabant.policy.advice} | {row.norm.id for row in oost_brabant.policy.norms}
    own = {id for id in own if "-" in id} | {"herbezien", "ontvangst", "terugmelding", "besluit"}
    assert {id: quoted[id] for id in own & quoted.keys()} == {}


def test_no_screen_text_names_a_body_of_one_region():
    strings = re.compile(r"""(?:translate |gettext(?:_lazy)?\(|_\()\s*(["'])(.*?)\1""", re.DOTALL)
    named = {(path.name, text) for path, content in code().items() for _, text in strings.findall(content)
             if re.search(r"\b(AVIM|ZoCo|TF-?RIEC|Oost-Brabant|Helmond)\b", text)}
    assert named == set()


@pytest.mark.parametrize("moment", ADVICE_MOMENTS)
def test_some_screen_asks_for_each_moment(quoted, moment):
    assert quoted.get(moment), f"{moment}: a pack must say something that nobody shows"


@pytest.mark.parametrize("role", NORM_ROLES)
def test_each_role_of_a_norm_is_used(role):
    assert any(f'"{role}"' in text for path, text in code().items() if path.name != "acts.py")


def test_what_a_pack_must_say_is_a_moment():
    assert set(REQUIRED_MOMENTS) <= ADVICE_MOMENTS.keys()
