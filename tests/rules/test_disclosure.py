"""What may go to whom, on which ground: the cases read as sentences."""

from datetime import date

import pytest

from meldroute.policies import load_pack
from meldroute.rules.disclosure import DisclosureRefused, Grounds, Way, minimal, preview, require
from meldroute.rules.disclosure_fields import FIELDS, Material, enrichment_field
from meldroute.rules.disclosure_tells import tells
from meldroute.rules.policy import LegalBasis, Text

DAY = date(2026, 11, 23)
POLICY = load_pack("oost-brabant", on=DAY).policy
ALL = {f.id: "iets" for f in FIELDS} | {"reporter_name": "Bram Balie"}


def way(partner: str, purpose: str = "referral", *, danger=False, agreed=False, day=DAY) -> Way:
    return Way(partner, purpose, day, POLICY, danger=danger, agreed=agreed)


def material(**changes) -> Material:
    return Material(**{"texts": ALL, **changes})


def problems(partner: str, *fields: str, purpose="referral", grounds=None, **about) -> list[str]:
    agreed = bool(grounds and grounds.agreement == "yes")
    decided = preview(fields, way(partner, purpose, danger=about.get("danger", False), agreed=agreed),
                      material=material(**about), grounds=grounds or Grounds())
    return [p.id for p in decided.problems]


@pytest.mark.parametrize("partner", ["AVIM", "ISZW", "KMAR", "TFRIEC", "ZOCO_HELMOND"])
def test_advice_starts_without_names_or_addresses(partner):
    start = minimal(way(partner, "advice"), material=material())
    assert start == {"description", "about", "danger", "minor"}
    assert not any(f.identifying for f in FIELDS if f.id in start)


@pytest.mark.parametrize(("partner", "expected"), [
    ("ISZW", {"safe_contact", "narrative", "about", "danger", "minor", "where", "when", "forms"}),  # no basis for art. 9
    ("AVIM", {"safe_contact", "narrative", "about", "danger", "minor", "where", "when", "forms"}),
])  # fmt: skip
def test_a_referral_starts_with_what_is_needed_to_act_as_far_as_a_basis_carries_it(partner, expected):
    assert minimal(way(partner), material=material()) == expected


def test_the_reporter_is_never_among_the_first_ticks():
    for partner in POLICY.partners:
        for purpose in ("advice", "referral"):
            assert "reporter_name" not in minimal(way(partner.id, purpose, danger=True, agreed=True), material=material())


def test_nothing_starts_ticked_for_a_partner_without_a_confirmed_basis():
    assert minimal(way("BD"), material=material()) == frozenset()


def test_without_agreement_the_care_coordinator_starts_with_nothing_by_which_somebody_is_recognised():
    start = minimal(way("ZOCO_HELMOND"), material=material())
    assert start == {"description", "about", "danger", "minor"}


def test_where_the_reporters_own_words_may_not_go_the_description_tells_what_was_seen():
    start = minimal(way("ZOCO_HELMOND", agreed=True), material=material())
    assert "narrative" not in start
    assert {"description", "where", "noticed"} <= start


@pytest.mark.parametrize(("grounds", "fields", "expected"), [
    (Grounds(), ("about",), ["agreement_not_asked"]),
    (Grounds(agreement="no"), ("about", "description"), []),
    (Grounds(agreement="unknown"), ("where",), ["identifying_without_agreement"]),
    (Grounds(agreement="no"), ("where",), ["identifying_without_agreement"]),
    (Grounds(agreement="no", identifying_ground="vitaal belang"), ("where",), ["identifying_without_agreement"]),
    (Grounds(agreement="no", identifying_ground="vitaal belang", identifying_reason="nu weg"), ("where",), []),
    (Grounds(agreement="yes"), ("where",), []),
])  # fmt: skip
def test_the_care_step_asks_whether_the_person_knows_and_agrees(grounds, fields, expected):
    assert problems("ZOCO_HELMOND", *fields, grounds=grounds) == expected


@pytest.mark.parametrize("partner", ["FAIRWORK", "COMENSHA", "GGD", "LOKZORG"])
def test_whoever_may_be_told_only_with_consent_is_asked_for_too(partner):
    assert way(partner).asks_agreement
    assert problems(partner, "about") == ["no_basis", "agreement_not_asked"]
    assert problems(partner, "about", grounds=Grounds(agreement="no")) == ["no_basis"]
    assert problems(partner, "about", grounds=Grounds(agreement="yes")) == []


@pytest.mark.parametrize("partner", ["AVIM", "ISZW", "VT", "TFRIEC", "BD"])
def test_where_another_basis_or_none_at_all_decides_no_agreement_is_asked(partner):
    assert not way(partner).asks_agreement


@pytest.mark.parametrize(("allowed", "grounds", "expected"), [
    (False, Grounds(), ["reporter_against_wish"]),
    (False, Grounds(reporter_ground="wet"), ["reporter_against_wish"]),
    (False, Grounds(reporter_ground="wet", reporter_reason="anders geen aangifte"), []),
    (True, Grounds(), []),
])  # fmt: skip
def test_the_reporters_name_against_the_wish_needs_ground_and_reason(allowed, grounds, expected):
    assert problems("ISZW", "reporter_name", grounds=grounds, name_allowed=allowed) == expected


def test_no_basis_blocks_and_names_place_cause_and_way_out():
    decided = preview(["noticed"], way("ISZW"), material=material())
    with pytest.raises(DisclosureRefused) as refused:
        require(decided)
    message = str(refused.value)
    assert "field 'noticed'" in message
    assert "legal basis was not confirmed" in message
    assert "privacy officer" in message


def test_in_danger_an_override_is_possible_with_a_reason_and_is_marked():
    assert problems("ISZW", "noticed", danger=True) == ["no_basis"]
    assert problems("ISZW", "noticed", danger=True, grounds=Grounds(override=True)) == ["override_reason"]
    given = Grounds(override=True, override_reason="nu")
    assert problems("ISZW", "noticed", danger=True, grounds=given) == []
    assert problems("ISZW", "noticed", danger=False, grounds=given) == ["no_basis"]
    decided = preview(["noticed"], way("ISZW", danger=True), material=material(danger=True), grounds=given)
    assert decided.overridden
    assert "override" in decided.warnings


def test_a_basis_counts_only_on_the_days_on_which_it_is_valid():
    before, after = (way("TFRIEC", day=day).basis("art10") for day in (date(2025, 2, 28), date(2025, 3, 1)))
    assert before is None
    assert after.id == "wgs-riec"


@pytest.mark.parametrize("excluded", ["ZOCO", "ZOCO_HELMOND"])
def test_an_excluded_partner_is_blocked_under_either_name_also_in_danger(excluded):
    grounds = Grounds(agreement="unknown", override=True, override_reason="nu")
    assert problems("ZOCO_HELMOND", "about", excluded=frozenset({excluded}), danger=True, grounds=grounds) == ["excluded"]


def test_a_care_coordinator_elsewhere_that_is_excluded_excludes_nobody_here():
    grounds = Grounds(agreement="unknown")
    assert problems("ZOCO_HELMOND", "about", excluded=frozenset({"ZOCO_LUMENS"}), grounds=grounds) == []


@pytest.mark.parametrize(("fields", "texts", "expected"), [
    ((), ALL, ["nothing_chosen"]),
    (("geheim",), ALL, ["unknown_field"]),
    (("description",), ALL | {"description": ""}, ["description_empty"]),
    (("where",), ALL | {"where": ""}, ["unknown_field"]),
])  # fmt: skip
def test_only_what_the_signal_holds_can_go(fields, texts, expected):
    assert problems("ISZW", *fields, texts=texts) == expected


def test_a_fact_is_as_sensitive_as_the_basis_it_was_looked_up_under():
    bases = [POLICY.legal_basis(id) for id in ("verrijken-taak", "verrijken-handhaving")]
    assert enrichment_field("sancties", Text("Sancties"), bases).kind == max(
        (k for b in bases for k in b.kinds), key=("ordinary", "art9", "art10").index)
    assert enrichment_field("anders", Text("Anders"), ()).kind == "ordinary"


def test_the_bases_of_what_goes_are_named_the_most_sensitive_first():
    decided = preview(["narrative", "about"], way("ISZW"), material=material())
    assert all(isinstance(b, LegalBasis) for b in decided.bases)
    assert decided.bases[0].id == "aangifte"
    assert {f.id for f in decided.stays} >= {"reporter_name", "where"}


@pytest.mark.parametrize(("words", "expected"), [
    ("Een man praatte voor de vrouw.", ()),
    ("Als baliemedewerker zag ik dit.", ("function", "own_voice")),
    ("Zij stond aan de balie.", ("desk",)),
    ("Om 14:30 kwam hij binnen.", ("time",)),
    ("Een collega hoorde het ook.", ("own_voice",)),
])  # fmt: skip
def test_a_warning_where_function_desk_time_or_voice_would_give_the_reporter_away(words, expected):
    assert tells({"narrative": words}) == expected


@pytest.mark.parametrize("words", [
    "Verzonnenstraat 12", "5701 AB", "bel 0492-123456 maar", "kenteken 12-ABC-3", "mail naar iemand@voorbeeld.example",
])  # fmt: skip
def test_a_warning_where_a_description_holds_what_identifies(words):
    assert "description_identifies" in tells({"description": f"Gezien: {words}."})
