"""When an identity provider's answer proves who somebody is, and when it proves nothing."""

from datetime import UTC, datetime

import pytest

from meldroute.rules.single_sign_on import ClaimsRefused, Provider, identity_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = NOW.timestamp()
HELMOND = Provider("helmond", "Helmond", "https://login.helmond.example", "meldroute",
                   frozenset({"high"}), frozenset({"mfa"}))
GOOD = {"iss": "https://login.helmond.example", "sub": "1", "aud": "meldroute", "exp": AT + 60, "iat": AT, "nonce": "n"}


def test_a_good_answer_names_issuer_and_subject():
    found = identity_of(GOOD, HELMOND, nonce="n", now=NOW)
    assert (found.issuer, found.subject, found.second_factor) == ("https://login.helmond.example", "1", False)


@pytest.mark.parametrize(("change", "claim"), [
    ({"iss": "https://login.helmond.example/"}, "iss"), ({"iss": "https://kwaad.example"}, "iss"), ({"iss": None}, "iss"),
    ({"sub": ""}, "sub"), ({"sub": 1}, "sub"), ({"sub": "x" * 256}, "sub"), ({"sub": None}, "sub"),
    ({"aud": "iets anders"}, "aud"), ({"aud": ["meldroute", "x"]}, "aud"), ({"aud": ["x"]}, "aud"), ({"aud": None}, "aud"),
    ({"exp": AT - 121}, "exp"), ({"exp": "straks"}, "exp"), ({"exp": True}, "exp"), ({"iat": AT - 3601}, "iat"),
    ({"iat": None}, "iat"), ({"nonce": "m"}, "nonce"), ({"nonce": None}, "nonce"), ({"nonce": ["n"]}, "nonce"),
])
def test_one_wrong_claim_is_enough(change, claim):
    with pytest.raises(ClaimsRefused) as refused:
        identity_of(GOOD | change, HELMOND, nonce="n", now=NOW)
    assert refused.value.claim == claim


def test_several_readers_need_to_be_told_that_it_is_for_us():
    found = identity_of(GOOD | {"aud": ["meldroute", "x"], "azp": "meldroute"}, HELMOND, nonce="n", now=NOW)
    assert found.subject == "1"


@pytest.mark.parametrize(("said", "counts"), [
    ({"acr": "high"}, True), ({"amr": ["pwd", "mfa"]}, True), ({"acr": "low"}, False), ({"amr": "mfa"}, False),
    ({"amr": ["pwd"]}, False), ({"acr": ["high"]}, False), ({"amr": [["mfa"]]}, False), ({}, False),
])
def test_a_second_factor_counts_only_in_the_words_that_were_arranged(said, counts):
    assert identity_of(GOOD | said, HELMOND, nonce="n", now=NOW).second_factor == counts
    plain = Provider("helmond", "Helmond", HELMOND.issuer, "meldroute")
    assert not identity_of(GOOD | said, plain, nonce="n", now=NOW).second_factor


@pytest.mark.parametrize(("auth_time", "good"), [(AT, True), (AT - 299, True), (AT - 301, False), (None, False), ("nu", False)])
def test_asked_to_sign_in_anew_it_must_have_been_just_now(auth_time, good):
    claims = GOOD | {"auth_time": auth_time}
    if good:
        assert identity_of(claims, HELMOND, nonce="n", now=NOW, again=True)
    else:
        with pytest.raises(ClaimsRefused, match="auth_time"):
            identity_of(claims, HELMOND, nonce="n", now=NOW, again=True)
