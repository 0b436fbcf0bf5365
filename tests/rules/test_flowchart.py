"""The picture of a policy says what the policy does: the same states, steps and routes, for every reader."""

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree  # the picture is our own

import pytest

from meldroute.policies import load_pack
from meldroute.rules.flow_layout import LANE, WIDTH, flow_order, lay_out
from meldroute.rules.flowchart import FlowWords, draw_flowchart, flow_rows

PACKS = Path(__file__).parent.parent / "packs"
SVG = "{http://www.w3.org/2000/svg}"


def policy_of(id):
    return load_pack(id, on=date(2025, 6, 1), folder=PACKS).policy


@pytest.fixture(params=["oost-brabant", "noorderkust", "proefregio"])
def policy(request):
    return policy_of(request.param)


def texts(svg: str) -> str:
    return " ".join("".join(e.itertext()) for e in ElementTree.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.requirement("S-3.4-07")
def test_every_state_step_and_route_is_in_the_picture(policy):
    said = texts(draw_flowchart(policy))
    for state in policy.states:
        assert state.label.nl in said
    for step in (s for s in policy.steps if s.to):
        assert said.count(step.label.nl) >= len(step.from_states)
    for route in policy.routes:
        assert f"{route.form}: 1 {policy.partner(route.order[0][0]).known_as}" in said


def test_a_track_runs_for_every_step_from_every_state(policy):
    drawn = sorted((t.start, t.end) for t in lay_out(policy, language="nl").tracks)
    assert drawn == sorted((state, s.to) for s in policy.steps if s.to for state in s.from_states)


def test_boxes_stand_below_each_other_and_tracks_stay_beside_them(policy):
    layout = lay_out(policy, language="nl")
    for above, below in zip(layout.boxes, layout.boxes[1:], strict=False):
        assert above.y + above.height < below.y
    for box in layout.boxes:
        assert all(box.y < line.y < box.y + box.height for line in box.lines)
    for track in layout.tracks:
        (x, _), (lane, _), _, _ = track.points
        assert 0 < lane < layout.width
        assert abs(lane - x) >= LANE
        assert not layout.boxes[0].x < lane < layout.boxes[0].x + WIDTH


def test_tracks_to_different_states_never_lie_on_each_other(policy):
    tracks = lay_out(policy, language="nl").tracks
    for one in tracks:
        for other in tracks:
            if one.end == other.end or one.points[1][0] != other.points[1][0]:
                continue
            spans = [sorted((t.points[1][1], t.points[2][1])) for t in (one, other)]
            assert spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0], (one, other)


def test_the_order_is_that_of_the_flow():
    assert flow_order(policy_of("oost-brabant"))[:2] == ("ontvangen", "verrijken")
    assert flow_order(policy_of("oost-brabant"))[-4:] == ("melden", "wacht-op-partners", "terugkoppelen", "afgehandeld")
    assert flow_order(policy_of("noorderkust"))[:2] == ("mens-gezien", "plek-gezien")


def test_you_are_here_is_told_in_words_and_shape():
    policy = policy_of("oost-brabant")
    walked = [("ontvangen", "verrijken"), ("verrijken", "advies")]
    svg = draw_flowchart(policy, here="advies", walked=walked,
                         words=FlowWords(here="U bent hier", walked="Zo kwam het hier"))  # fmt: skip
    tree = ElementTree.fromstring(svg)
    assert "U bent hier: Wacht op advies." in tree.find(f"{SVG}desc").text
    assert "Zo kwam het hier: Ontvangen, Verrijken, Wacht op advies." in tree.find(f"{SVG}desc").text
    assert len([e for e in tree.iter(f"{SVG}path") if e.get("class") == "mr-flow__flag"]) == 1
    assert len([e for e in tree.iter(f"{SVG}path") if "mr-flow__track--walked" in e.get("class", "")]) == 2
    ticked = [e.text for e in tree.iter(f"{SVG}text") if "--walked" in e.get("class")]
    assert ticked == ["✓ Pak het signaal op", "✓ Het blijft vaag: vraag advies"]
    assert "U bent hier" not in draw_flowchart(policy)


def test_a_page_with_a_strict_policy_can_hold_it(policy):
    """No inline style and no script; one image with a title and a description."""
    svg = draw_flowchart(policy)
    tree = ElementTree.fromstring(svg)
    assert tree.get("role") == "img"
    ids = {e.get("id") for e in tree.iter()}
    assert set(tree.get("aria-labelledby").split()) <= ids
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", svg)
    assert "<style>" in draw_flowchart(policy, standalone=True)


def test_with_links_it_is_a_group_of_links_to_the_states(policy):
    """A link inside an image could not be reached by those who cannot see it."""
    tree = ElementTree.fromstring(draw_flowchart(policy, links=True))
    assert tree.get("role") == "group"
    assert {e.get("href") for e in tree.iter(f"{SVG}a")} == {f"#state-{s.id}" for s in policy.states}


def test_the_rows_say_what_the_picture_says_and_more():
    policy = policy_of("oost-brabant")
    rows = {row.id: row for row in flow_rows(policy, here="advies", walked=[("ontvangen", "verrijken")])}
    advice = rows["advies"]
    assert (advice.state, advice.owner, advice.source, advice.status) == ("Wacht op advies", "focal_point", "F1.N4", "policy")
    assert advice.clock == policy.norm("advies").label.nl
    assert ("Conclusie van de experts: wel mensenhandel", "Melden aan partners") in [(f.label, f.to) for f in advice.follows]
    assert "nog-een-expert" in [s.id for s in advice.stays]
    assert [row.id for row in rows.values() if row.is_here] == ["advies"]
    assert [row.id for row in rows.values() if row.was_visited] == ["ontvangen", "verrijken"]
    assert rows["afgehandeld"].owner is rows["afgehandeld"].clock is None
    [close] = rows["terugkoppelen"].follows
    assert policy.guard_text("feedback_settled").opens_with.nl in close.needs


def test_rows_and_picture_keep_the_same_order(policy):
    assert tuple(row.id for row in flow_rows(policy)) == lay_out(policy, language="nl").order
    assert {row.id for row in flow_rows(policy)} == {s.id for s in policy.states}


def test_it_speaks_english_where_the_region_wrote_it():
    assert "Waiting for advice" in texts(draw_flowchart(policy_of("oost-brabant"), language="en"))
    assert "Uitzoeken" in texts(draw_flowchart(policy_of("proefregio"), language="en"))  # no English there
