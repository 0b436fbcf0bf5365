"""An acute suspicion: no step lets it through before AVIM was spoken to, and that talk is possible in every open state."""

import pytest

from tests.rules.oost_brabant import answer, enriched, may, policy, signal, then


@pytest.mark.requirement("S-B3-34", "S-B3-49")
@pytest.mark.parametrize(("facts", "step", "partner"), [
    (enriched("verrijken"), "vaag-advies-vragen", None),
    (signal("advies"), "nog-een-expert", None),
    (signal("melden", forms="AU"), "melden-aan-partner", "ISZW"),
    (signal("melden", forms="AU"), "partner-overslaan", "ISZW"),
    (signal("melden", forms="AU", skipped="ISZW ZOCO"), "alles-gemeld", None),
    (signal("verrijken"), "bundelen", None),
    (signal("terugkoppelen", conclusion="none", feedback="given"), "afsluiten", None),
])  # fmt: skip
def test_an_acute_suspicion_is_not_let_through(facts, step, partner):
    assert may(facts, step, partner=partner)
    refused = answer(facts.with_(danger=True), step, partner=partner)
    assert refused.guard == "contacted_if_danger"
    assert refused.source == "F1.X1"
    called = then(facts.with_(danger=True), "avim-gesproken", partner="AVIM")
    assert may(called, step, partner=partner)
    again = called.with_(call_again=True)  # danger that came up after that talk
    assert answer(again, step, partner=partner).guard == "contacted_if_danger"
    assert may(then(again, "avim-gesproken", partner="AVIM"), step, partner=partner)
    assert not may(then(again, "avim-gesproken", partner="AVIM", reached=False), step, partner=partner)


@pytest.mark.requirement("S-B3-34", "S-B3-49")
def test_contact_with_avim_is_one_step_away_in_every_open_state():
    for state in (s.id for s in policy().states if s.is_open):
        for role in ("focal_point", "buddy"):
            assert may(signal(state, danger=True), "avim-gesproken", partner="AVIM", role=role)
        assert may(signal(state, danger=True, confidential=True), "avim-gesproken", partner="AVIM", role="designated")


def test_danger_waits_for_no_enrichment():
    """Enrichment comes after: a clear signal with danger goes to the partners at once."""
    facts = then(signal("ontvangen", danger=True), "avim-gesproken", partner="AVIM")
    facts = then(then(facts, "oppakken"), "duidelijk", forms="SU")
    assert facts.checked == frozenset()
    assert may(facts, "melden-aan-partner", partner="ZOCO")
