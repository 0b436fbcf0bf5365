"""A reference is read aloud, typed over and still found, or refused with a way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.rules.references import (
    ALPHABET,
    BadReference,
    TooFewBits,
    make_reference,
    normalise_reference,
)

RANDOM = st.binary(min_size=8, max_size=32)
GOOD = "MR-7K3Q2M9T-Q"
WAY_OUT = "Take it from the receipt: MR-, eight characters, one more."


def changed(reference: str, **places: str) -> str:
    characters = list(reference)
    for place, character in places.items():
        characters[int(place[1:])] = character
    return "".join(characters)


@pytest.mark.parametrize(
    ("sentence", "typed"),
    [
        ("as printed", "MR-7K3Q2M9T-Q"),
        ("lower case", "mr-7k3q2m9t-q"),
        ("with spaces", " MR 7K3Q 2M9T Q "),
        ("without anything between", "MR7K3Q2M9TQ"),
        ("without MR", "7k3q2m9t-q"),
        ("with the dashes a phone makes of it", "MR\u20137K3Q2M9T\u2014Q"),
        ("with a space that does not break", "MR-7K3Q\u00a02M9T-Q"),
        ("full-width characters", "ＭＲ-７Ｋ３Ｑ２Ｍ９Ｔ-Ｑ"),
    ],
)
def test_what_people_type_is_understood(sentence, typed):
    assert normalise_reference(typed) == GOOD, sentence


def test_o_is_zero_and_i_and_l_are_one():
    with_both = [make_reference(number.to_bytes(8)) for number in range(2000)]
    assert sum("0" in r and "1" in r for r in with_both) > 100
    for reference in with_both:
        assert normalise_reference(reference.replace("0", "o").replace("1", "l")) == reference
        assert normalise_reference(reference.replace("0", "O").replace("1", "i")) == reference


def test_the_check_character_is_that_of_crockford():
    value = 0
    for character in "7K3Q2M9T":
        value = value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    assert "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"[value % 37] == GOOD[-1]


@pytest.mark.parametrize(
    ("sentence", "typed", "cause", "message"),
    [
        ("nothing", "", "length", "it has 0 characters after MR, not 9."),
        ("the check character forgotten", "MR-7K3Q2M9T", "length", "it has 8 characters after MR, not 9."),
        ("one too many", "MR-7K3Q2M9TT-Q", "length", "it has 10 characters after MR, not 9."),
        (
            "a letter that is never used",
            "MR-7K3U2M9T-Q",
            "character",
            "character 4 after MR cannot occur in it.",
        ),
        ("a sign", "MR-7K3Q2M9T-*", "character", "character 9 after MR cannot occur in it."),
        ("one character wrong", "MR-7K3Q2M8T-Q", "check", "a character is wrong or two changed places."),
        ("two changed places", "MR-7K3Q29MT-Q", "check", "a character is wrong or two changed places."),
    ],
)
def test_what_is_no_reference_is_refused_with_a_way_out(sentence, typed, cause, message):
    with pytest.raises(BadReference) as caught:
        normalise_reference(typed)
    assert caught.value.cause == cause, sentence
    assert str(caught.value) == f"reference: {message} {WAY_OUT}"


def test_a_refusal_does_not_repeat_what_was_typed():
    with pytest.raises(BadReference) as caught:
        normalise_reference("Jan Voorbeeld, Dorpsstraat 1")
    assert "Voorbeeld" not in str(caught.value)


@pytest.mark.parametrize("size", [0, 5, 7])
def test_too_little_randomness_is_refused(size):
    with pytest.raises(TooFewBits, match=rf"make_reference: {size} random bytes\. Pass 8 or more"):
        make_reference(bytes(size))


@given(RANDOM)
def test_a_reference_has_its_shape_and_is_its_own_normal_form(random_bits):
    reference = make_reference(random_bits)
    prefix, body, check = reference.split("-")
    assert (prefix, len(body), len(check)) == ("MR", 8, 1)
    assert set(body + check) <= set(ALPHABET)
    assert normalise_reference(reference) == reference


@given(st.text(max_size=20) | st.text(alphabet="MR-" + ALPHABET + "oilu ", min_size=8, max_size=14))
def test_any_text_is_a_reference_or_is_refused(text):
    try:
        reference = normalise_reference(text)
    except BadReference as error:
        refused = str(error)
    else:
        refused = None
        assert normalise_reference(reference) == reference
    assert refused is None or WAY_OUT in refused


@given(RANDOM)
def test_every_single_wrong_character_is_found(random_bits):
    reference = make_reference(random_bits)
    for place in (*range(3, 11), 12):
        for character in set(ALPHABET) - {reference[place]}:
            with pytest.raises(BadReference):
                normalise_reference(changed(reference, **{f"_{place}": character}))


@given(RANDOM)
def test_every_two_that_changed_places_are_found(random_bits):
    reference = make_reference(random_bits)
    places = (*range(3, 11), 12)
    for one in places:
        for other in places:
            if reference[one] != reference[other]:
                swapped = changed(reference, **{f"_{one}": reference[other], f"_{other}": reference[one]})
                with pytest.raises(BadReference):
                    normalise_reference(swapped)


def test_different_numbers_give_different_references_and_the_same_bytes_the_same():
    made = [make_reference(number.to_bytes(16)) for number in range(5000)]
    assert len(set(made)) == 5000
    assert made[7] == make_reference((7).to_bytes(16))
