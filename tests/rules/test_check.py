"""A policy is proven, or refused with place, cause and way out: every property fails on its broken pack.

Each folder in `tests/broken_packs` is the sound pack of `tests/packs/proefregio` with one thing broken; what
is not broken is a link to the sound file.
"""

import difflib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from meldroute.policies import available_packs, load_pack, read_pack
from meldroute.rules.check import OF_ENTRIES, OF_PATHS, check
from meldroute.rules.policy_parse import PolicyErrors

TESTS = Path(__file__).parent.parent
BROKEN = TESTS / "broken_packs"
SOUND = TESTS / "packs" / "proefregio" / "2025-01-01"
DAY = date(2025, 8, 1)

# What is broken: where it is found, why, and what the message says would mend it.
CASES = {
    "dead-end": ("state 'wachten'", "a signal can get stuck here: pak-op, duidelijk", "Add a step from here towards an end"),
    "state-without-clock": ("state 'wachten'", "misses clock", "Add clock."),
    "state-without-owner": ("state 'wachten'", "misses owner", "Add owner."),
    "form-without-route": ("form 'GROEN'", "has no route", 'Add [[routes]] with form = "GROEN"'),
    "feedback-bypassed": ("step 'sluit'", "though the reporter heard nothing", "Give it the guard feedback_settled."),
    "nobody-consulted": ("step 'sluit'", "though nobody was consulted", "Give it the guard consulted."),
    "exclusion-without-way-out": ("state 'doorgeven'", "not shared with ARBEID can get stuck here",
                                  'Add "doorgeven" to "from" of a step with act skip_referral'),
    "order-reversed": ("step 'geef-door'", "passes a signal on to ZORG before POLITIE", "Give it the guard order_kept"),
    "first-partner-skipped": ("step 'geef-door'", "sla-over (POLITIE), geef-door (ZORG)", "the guard skippable"),
    "route-against-promise": ("route 'ROOD'", "does not put POLITIE before ZORG", "Put POLITIE in an earlier group than ZORG."),
    "routes-in-a-circle": ("routes", "wait in a circle: POLITIE before ZORG before POLITIE", "Use the same order"),
    "partner-without-channel": ("partner 'ARBEID'", "must be told and has no channel", "Add [[partners.channels]]"),
    "coordinator-without-channel": ("municipality 'GM9001'", "its care coordinator ZORG_OOST has no channel",
                                    "Name a partner with a channel."),
    "unknown-municipality": ("municipality 'GM9001'", "unknown successor GM9003", "Use GM9001 or GM9002."),
    "successor-too-late": ("municipality 'GM9001'", "its successor GM9002 does not exist on 2026-01-01", "mend the dates"),
    "overlapping-validity": ("municipality 'GM9001'", "stands there twice on the same day", "Let valid_to of the older row"),
    "overlapping-versions": ("policy 'proefregio'", "the versions of 2025-01-01 and 2025-07-01", "Give the older one a valid_to"),
    "loop-without-limit": ("step 'meer'", "can be asked for more than 1 times", "Give it the guard loops_left"),
    "urgent-partner-far-away": ("state 'wachten'", "contact with POLITIE cannot be recorded here in one step",
                                'Add "wachten" to "from" of a step with act record_contact'),
    "danger-let-through": ("step 'vraag-raad'", "lets a signal with danger through before POLITIE was spoken to",
                           "Give it the guard contacted_if_danger."),
    "colleague-locked-out": ("state 'terug'", "a signal about a colleague can get stuck here", "Add a step from here"),
    "colleague-forgotten": ("state 'terug'", "the designated person cannot do anything here", 'Add "designated" to "by"'),
    "state-nobody-reaches": ("state 'kelder'", "no path leads here", "Add a step to it"),
    "place-without-entry": ("proefregio", "no entry takes a signal about place", 'Add place to "about" of an entry.'),
    "guard-without-text": ("step 'geef-door'", "guard order_kept has no text", 'Add [[guards]] with id = "order_kept"'),
}  # fmt: skip


def problems_of(case: str) -> list[tuple[str, str, str]]:
    try:
        report = check(load_pack("proefregio", on=DAY, folder=BROKEN / case).policy)
    except PolicyErrors as errors:
        return [(e.place, e.cause, e.way_out) for e in errors.errors]
    return [(p.place, p.cause, p.way_out) for p in report.problems]


def test_every_broken_pack_has_a_case():
    assert {folder.name for folder in BROKEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_broken_pack_is_refused_with_place_cause_and_way_out(case):
    place, cause, way_out = CASES[case]
    found = problems_of(case)
    assert any(place in p and cause in c and way_out in w for p, c, w in found), found


@pytest.mark.parametrize("case", sorted(set(CASES) - {"overlapping-versions"}))
def test_a_broken_pack_differs_from_the_sound_one_in_one_thing(case):
    """So that the refusal is about what was broken and nothing else."""
    [folder] = (BROKEN / case / "proefregio").iterdir()
    own = [file for file in folder.iterdir() if not file.is_symlink()]
    assert {f.name for f in folder.iterdir()} == {f.name for f in SOUND.iterdir()}
    assert len(own) == 1
    lines = difflib.ndiff((SOUND / own[0].name).read_text().splitlines(), own[0].read_text().splitlines())
    changed = [line for line in lines if line[0] in "+-"]
    assert 1 <= len(changed) <= (10 if case == "colleague-forgotten" else 2)


def test_every_property_fails_on_some_broken_pack():
    """No property is there for show: each is missing from what was proven about at least one pack."""
    by_reading = {"place-without-entry": "every_kind_of_signal_starts", "state-without-clock": "somebody_is_responsible",
                  "guard-without-text": "guards_are_explained"}  # fmt: skip
    failed = set(by_reading.values())
    for case in set(CASES) - {"overlapping-versions"}:
        try:
            policy = load_pack("proefregio", on=DAY, folder=BROKEN / case).policy
        except PolicyErrors:
            continue
        proven = check(policy).proven
        failed |= {holds.__name__ for holds in (*OF_ENTRIES, *OF_PATHS) if holds.__doc__.splitlines()[0] not in proven}
    assert failed == {holds.__name__ for holds in (*OF_ENTRIES, *OF_PATHS)}


@pytest.mark.parametrize("ref", available_packs(TESTS / "packs"), ids=lambda ref: ref.name)
def test_a_good_pack_is_proven(ref):
    report = check(read_pack(ref.folder).policy)
    assert report.problems == ()
    assert report.is_sound
    assert len(report.proven) == len(OF_ENTRIES) + len(OF_PATHS)
    assert report.steps_seen == len(read_pack(ref.folder).policy.steps), report.warnings


def test_a_step_that_nobody_can_take_is_a_warning_and_no_more():
    policy = read_pack(SOUND).policy
    both = replace(policy.step("meer"), id="nooit", guards=("loops_left", "loops_spent"))
    report = check(replace(policy, steps=(*policy.steps, both)))
    assert report.is_sound
    assert [(w.place, w.cause) for w in report.warnings] == [
        ("policy 'proefregio 2025-01-01', step 'nooit'", "can never be taken")]


def test_an_expert_without_a_channel_is_a_warning_and_no_more():
    policy = read_pack(SOUND).policy
    partners = (*policy.partners, replace(policy.partner("ARBEID"), id="RAAD", channels=()))
    report = check(replace(policy, partners=partners))
    assert report.is_sound
    assert ["partner 'RAAD'" in w.place for w in report.warnings] == [True]


def test_what_cannot_be_walked_is_not_called_proven(monkeypatch):
    monkeypatch.setattr("meldroute.rules.exploration.MOST_FACTS", 50)
    report = check(read_pack(SOUND).policy)
    assert [p.cause for p in report.problems] == ["more than 60000 situations can arise, so nothing is proven"]
    assert len(report.proven) == len(OF_ENTRIES)
