"""What the pack of Oost-Brabant says, as sentences a policy officer can check against the policy."""

import json
import re
from datetime import UTC, date, datetime

import pytest

from meldroute.policies import statements
from meldroute.rules.contacts import whom_to_call
from meldroute.rules.facts import SignalFacts
from meldroute.rules.route import route_signal

STATEMENT = re.compile(r"S-[0-9A-Z][0-9A-Za-z.]*-\d+")


@pytest.fixture(scope="module")
def policy(oost_brabant):
    return oost_brabant.policy


@pytest.fixture(scope="module")
def entries(oost_brabant):
    """Every table anywhere in the pack that has a source."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            found.extend([value] if "source" in value else [])
            value = list(value.values())
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    walk(json.loads(oost_brabant.canonical))
    return found


# --- where things were read -----------------------------------------------------------------------


def test_every_statement_that_is_named_exists(entries):
    known = statements(on=date(2026, 11, 23)).keys()
    named = {id for entry in entries for id in STATEMENT.findall(entry["source"])}
    assert len(named) > 100
    assert not named - known


def test_what_the_policy_says_names_the_place_in_the_policy(entries):
    for entry in entries:
        if entry.get("status") == "policy":
            assert re.search(r"S-|F1\.|bijlage|hoofdstuk|beleid|Beleidsplan", entry["source"]), entry


def test_what_the_policy_does_not_say_never_claims_to_be_policy(policy):
    """The policy gives no time limit for any step."""
    for row in policy.norms:
        assert row.status == "proposal", row.norm.id
        assert "eigen norm, niet uit het beleid" in row.label.nl
        assert "own norm, not from the policy" in row.label.en


# --- routes ---------------------------------------------------------------------------------------


@pytest.mark.requirement("S-B1-11", "S-B1-12")
@pytest.mark.parametrize(
    ("forms", "danger", "route"),
    [
        ({"SU"}, False, [(1, "AVIM"), (2, "ZOCO")]),
        ({"CU"}, False, [(1, "AVIM"), (2, "ZOCO")]),
        ({"OV"}, False, [(1, "AVIM"), (2, "ZOCO")]),
        ({"AU"}, False, [(1, "ISZW"), (1, "ZOCO")]),  # no order between these two
        ({"SU", "AU"}, False, [(1, "AVIM"), (1, "ISZW"), (2, "ZOCO")]),  # the union, and the strictest order
        (set(), False, []),  # nobody judged a form yet
    ],
)
def test_who_must_hear_about_a_form_and_in_which_order(policy, forms, danger, route):
    routing = route_signal(SignalFacts(state="melden", forms=frozenset(forms), danger=danger), policy)
    assert [(r.rank, r.partner) for r in routing.recipients if r.required] == route


@pytest.mark.parametrize(
    ("forms", "danger", "extras"),
    [
        ({"AU"}, False, {"TFRIEC"}),
        ({"AU"}, True, {"AVIM", "TFRIEC"}),  # F1.K1: in danger AVIM as well
        ({"SU"}, True, set()),  # AVIM is on the route already
        ({"SU", "AU"}, True, {"TFRIEC"}),
    ],
)
def test_who_may_hear_beside_the_route(policy, forms, danger, extras):
    routing = route_signal(SignalFacts(state="melden", forms=frozenset(forms), danger=danger), policy)
    assert {r.partner for r in routing.recipients if not r.required} == extras


def test_police_first_is_a_promise_that_no_route_may_break(policy):
    [order] = policy.orders
    assert (order.first, order.then, order.forms) == ("AVIM", "ZOCO", frozenset({"SU", "CU", "OV"}))
    for route in (r for r in policy.routes if r.form in order.forms):
        assert ("AVIM", "ZOCO") in route_signal(
            SignalFacts(state="melden", forms=frozenset({route.form})), policy
        ).earlier


def test_the_four_contradictions_of_the_policy_are_told(policy):
    assert [c.id for c in policy.conflicts] == ["F1.K1", "F1.K2", "F1.K3", "F1.K4"]
    for conflict in policy.conflicts:
        assert conflict.text.nl != conflict.choice.nl


# --- forms ----------------------------------------------------------------------------------------


def test_every_form_has_a_route_and_a_definition_in_two_languages(policy):
    assert [f.id for f in policy.forms] == ["SU", "AU", "CU", "OV"]
    assert {r.form for r in policy.routes} == {f.id for f in policy.forms}
    for form in policy.forms:
        assert form.definition.nl
        assert form.definition.en


@pytest.mark.parametrize(
    ("form", "statement"),
    [
        ("SU", "S-2.2-02"), ("SU", "S-2.2-04"), ("SU", "S-2.2-05"), ("SU", "S-2.2-06"), ("SU", "S-2.2-07"),
        ("SU", "S-2.2-08"), ("AU", "S-2.2-09"), ("AU", "S-2.2-10"), ("AU", "S-2.2-11"), ("AU", "S-2.2-12"),
        ("AU", "S-2.2-13"), ("CU", "S-2.2-14"), ("CU", "S-2.2-15"), ("OV", "S-2.2-16"),
    ],
)  # fmt: skip
def test_what_the_policy_says_about_a_form_stands_with_it(policy, form, statement):
    found = policy.form(form)
    assert statement in " ".join([found.source, *(n.source for n in found.notes), *(s.source for s in found.sub_forms)])


# --- partners -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("partner", "kind", "value", "source"),
    [
        ("IND", "tel", "088-0430430", "S-B3-17"),
        ("ISZW", "tel", "0800-5151", "S-B3-20"),
        ("ISZW", "tel", "070-3334180", "S-B3-21"),
        ("KMAR", "tel", "0800-1814", "S-B3-30"),
        ("AVIM", "tel", "088-9630320", "S-B3-37"),
        ("AVIM", "tel", "0900-8844", "S-B3-38"),
        ("AVIM", "email", "mensenhandel.avim.oost-brabant@politie.nl", "S-B3-39"),
        ("ZOCO_HELMOND", "tel", "14 0492, optie 2", "S-B3-46"),
        ("ZOCO_HELMOND", "email", "meldpuntmensenhandel@helmond.nl", "S-B3-46"),
        ("ZOCO_LUMENS", "tel", "040-2193388", "S-B3-47"),
        ("ZOCO_LUMENS", "email", "zorgcoördinatie-mp@lumenswerkt.nl", "S-B3-47"),  # printed with ö
        ("ZOCO_DENBOSCH", "tel", "073-6139225", "S-B3-48"),
        ("ZOCO_DENBOSCH", "email", "info@modenbosch.nl", "S-B3-48"),
    ],
)
def test_how_to_reach_a_partner_is_what_annex_3_prints(policy, partner, kind, value, source):
    [channel] = [c for c in policy.partner(partner).channels if c.value == value]
    assert channel.kind == kind
    assert source in channel.source


def test_every_task_of_annex_3_stands_with_one_partner(policy):
    tasks = {*range(1, 17), 18, 19, *range(22, 30), *range(31, 37), *range(40, 50)}
    named = [int(n) for p in policy.partners for t in p.tasks for n in re.findall(r"S-B3-(\d+)", t.source)]
    assert sorted(named) == sorted(tasks)


@pytest.mark.parametrize(
    ("when", "number"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "088-9630320"),  # Monday 10:00: front office
        (datetime(2026, 11, 23, 15, 29, tzinfo=UTC), "088-9630320"),  # 16:29, still open
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), "0900-8844"),  # 16:30: police
        (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), "0900-8844"),  # 03:00 at night
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "0900-8844"),  # Sunday
        (datetime(2026, 12, 25, 10, 0, tzinfo=UTC), "0900-8844"),  # Christmas on a Friday
        (datetime(2027, 4, 27, 10, 0, tzinfo=UTC), "0900-8844"),  # King's Day on a Tuesday
    ],
)
def test_whom_to_call_for_avim_this_very_hour(policy, when, number):
    assert whom_to_call(policy.partner("AVIM").channels, now=when).first.channel.value == number


def test_numbers_that_one_source_gives_say_that_nobody_confirmed_them(policy):
    unconfirmed = {c.value for p in policy.partners for c in p.channels if c.kind == "tel" and not c.confirmed}
    assert unconfirmed == {
        "088-9630320", "0800-1814", "070-3334180", "088-0430430", "14 0492, optie 2", "033-448 11 86",
    }  # fmt: skip


def test_the_inspectorate_goes_by_its_name_of_today(policy):
    assert policy.partner("ISZW").known_as == "NLA"
    assert "ISZW" in policy.partner("ISZW").name.nl


def test_police_partners_are_called_not_linked(policy):
    assert {p.id for p in policy.partners if p.police} == {"AVIM", "KMAR", "WIJKAGENT", "112"}


@pytest.mark.requirement("S-B1-05")
def test_a_vague_signal_can_go_to_avim_the_care_coordinator_tf_riec_and_others(policy):
    experts = {p.id for p in policy.partners if p.expert}
    assert {"AVIM", "ZOCO", "TFRIEC"} < experts


def test_every_partner_on_a_route_can_be_reached(policy):
    """The care coordinator is reached through the one that serves the municipality."""
    on_route = {p for r in policy.routes for group in r.order for p in group}
    for partner in on_route - {policy.care_partner} | {m.care_coordinator for m in policy.municipalities}:
        assert policy.partner(partner).channels, partner


# --- enrichment, closing, legal bases ---------------------------------------------------------------


def test_the_checklist_follows_step_2_of_the_policy(policy):
    assert [item.id for item in policy.enrichment] == ["adres", "sancties", "vergunningen", "registraties", "anders"]
    assert [item.id for item in policy.enrichment if item.required] == ["adres", "sancties"]
    for item in policy.enrichment:
        assert item.legal_bases, item.id


def test_a_signal_closes_only_with_something_recorded(policy):
    assert {r.needs for r in policy.closing_reasons} == {
        "conclusion:none", "conclusion:other_phenomenon", "taken_up", "consulted",
    }  # fmt: skip


def test_every_other_phenomenon_says_where_it_goes(policy):
    for phenomenon in policy.phenomena:
        assert phenomenon.goes_to.nl
        assert phenomenon.goes_to.en


def confirmed(policy, partner, kind, request="referral", *, danger=False, agreed=False, day=date(2026, 11, 23)):
    fitting = (b for b in policy.legal_bases if b.confirmed and partner in b.partners and kind in b.kinds)
    return {b.id for b in fitting if b.valid_on(day) and b.holds(request, danger=danger, agreed=agreed)}


def test_a_confirmed_basis_was_read_or_is_the_colleges_own_decision(policy):
    for basis in (b for b in policy.legal_bases if b.confirmed):
        assert basis.status == "stored source" or basis.rests_on == "college", basis.id
        assert basis.check, f"{basis.id} says what is still to be checked"


def test_what_nobody_read_blocks(policy):
    for basis in policy.legal_bases:
        if basis.status == "to be checked":
            assert not basis.confirmed, basis.id


def test_a_college_decides_on_ordinary_data_only(policy):
    for basis in (b for b in policy.legal_bases if b.rests_on == "college"):
        assert basis.kinds == frozenset({"ordinary"}), basis.id


@pytest.mark.parametrize("partner", ["AVIM", "ISZW", "ZOCO_HELMOND", "ZOCO_LUMENS", "ZOCO_DENBOSCH", "ZOCO"])
def test_the_routes_of_the_policy_can_run_on_a_confirmed_basis(policy, partner):
    assert confirmed(policy, partner, "ordinary")


@pytest.mark.parametrize(
    "partner", ["AVIM", "ISZW", "KMAR", "ZOCO_HELMOND", "ZOCO_LUMENS", "ZOCO_DENBOSCH", "TFRIEC", "VT"]
)
def test_every_expert_can_be_asked_for_advice(policy, partner):
    assert policy.partner(partner).expert or partner.startswith("ZOCO_")
    assert confirmed(policy, partner, "ordinary", "advice")


@pytest.mark.parametrize(
    ("partner", "kind", "situation", "runs"),
    [
        ("AVIM", "art10", {}, True),  # a report of an offence
        ("ISZW", "art10", {}, True),
        ("AVIM", "art9", {}, False),  # health to the police: no basis was found
        ("AVIM", "art9", {"danger": True}, True),  # but somebody may be in danger
        ("ISZW", "art9", {"danger": True}, False),
        ("ZOCO_HELMOND", "art9", {}, False),
        ("ZOCO_HELMOND", "art9", {"agreed": True}, True),  # explicit consent
        ("ZOCO_HELMOND", "art10", {"agreed": True}, False),  # nobody consents for a suspect
        ("VT", "ordinary", {}, True),  # right to report
        ("FAIRWORK", "ordinary", {}, False),
        ("FAIRWORK", "ordinary", {"agreed": True}, True),
        ("COMENSHA", "ordinary", {}, False),  # only with written consent
        ("COMENSHA", "ordinary", {"agreed": True}, True),
        ("TFRIEC", "art10", {}, True),  # a case under the act on partnerships
        ("BD", "ordinary", {}, False),
    ],
)
def test_where_something_can_go_and_where_it_is_blocked(policy, partner, kind, situation, runs):
    assert bool(confirmed(policy, partner, kind, **situation)) is runs


def test_a_basis_for_advice_is_none_for_a_referral(policy):
    assert confirmed(policy, "TFRIEC", "ordinary", "advice") == {"college-advies"}
    assert confirmed(policy, "TFRIEC", "ordinary", "referral") == {"wgs-riec"}


@pytest.mark.parametrize(("day", "runs"), [(date(2025, 2, 28), False), (date(2025, 3, 1), True)])
def test_the_act_on_partnerships_holds_from_its_first_day(policy, day, runs):
    assert ("wgs-riec" in confirmed(policy, "TFRIEC", "art10", day=day)) is runs


# --- words for reporters -----------------------------------------------------------------------------

# What a reporter must never read: a verdict on the signal, or whether somebody investigates.
GIVES_AWAY = re.compile(
    r"\bvaag|geen mensenhandel|wel mensenhandel|onderzoek|opsporing|politie|AVIM|arrest|aangehouden|partner"
    r"|\bvague|trafficking|investigat|police|arrest", re.IGNORECASE)  # fmt: skip


def test_no_feedback_text_gives_away_a_verdict_or_an_investigation(policy):
    assert len(policy.feedback_texts) >= 3
    for text in policy.feedback_texts:
        assert not GIVES_AWAY.search(text.text.nl), text.id
        assert not GIVES_AWAY.search(text.text.en), text.id


def test_no_state_gives_a_reporter_a_verdict(policy):
    for state in policy.states:
        assert not GIVES_AWAY.search(state.reporter_sees.nl), state.id
        assert not GIVES_AWAY.search(state.reporter_sees.en), state.id
    assert {s.reporter_sees.nl for s in policy.states} == {"Ontvangen", "In behandeling", "Afgerond"}


FOR_REPORTERS = (
    "gevaar-112", "niet-pluis", "geen-fotos", "niets-wissen", "beelden-minderjarige", "niet-aanspreken", "naam-zichtbaar",
    "naam-politie", "naam-rechter", "zorgverlener", "over-collega", "veilig-melden", "veilig-melden-wie-leest", "u-hoort-van-ons",
    "minderjarig-veilig-thuis", "minderjarig-meldcode", "meldcode-eigen-plicht",
)  # fmt: skip


@pytest.mark.parametrize("id", FOR_REPORTERS)
def test_a_line_for_reporters_is_short_and_addresses_them_politely(policy, id):
    [text] = [line.text.nl for line in policy.advice if line.id == id]
    sentences = [s for s in re.split(r"[.?!:]\s+|[.?!]$", text) if s]
    assert max(len(s.split()) for s in sentences) <= 20, "B1: no sentence over twenty words"
    assert not re.search(r"\b(je|jij|jouw|jullie)\b", text), "reporters are addressed with u"


@pytest.mark.parametrize("text", ["feedback_texts"])
def test_feedback_is_short_and_polite(policy, text):
    for row in getattr(policy, text):
        sentences = [s for s in re.split(r"[.?!:;]\s+|[.?!]$", row.text.nl) if s]
        assert max(len(s.split()) for s in sentences) <= 20, row.id
        assert not re.search(r"\b(je|jij|jouw|jullie)\b", row.text.nl), row.id


def test_every_line_exists_in_two_languages(policy):
    for row in (*policy.advice, *policy.feedback_texts):
        assert row.text.nl != row.text.en
        assert row.text.en, row.id


def test_lines_that_no_source_supports_say_so(policy):
    for row in policy.advice:
        if "productregel" in row.source:
            assert row.status in ("proposal", "to be checked", "inferred"), row.id


def test_every_short_name_of_the_flowcharts_is_spelt_out(policy):
    words = {row.id: row for row in policy.abbreviations}
    assert {"AF MH", "AVIM", "ZoCo", "TF-RIEC", "SU", "AU", "CU", "OV", "AVO"} <= words.keys()
    assert (words["AVO"].text.nl, words["AVO"].source) == ("Ambtelijk Voorbereidend Overleg", "S-B1-16")
