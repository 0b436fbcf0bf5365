"""A receipt is said over the phone: every usual slip is noticed, and where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.rules.receipt_numbers import (
    BITS,
    GROUP,
    GROUPS,
    BadReceipt,
    TooFewBits,
    first_difference,
    in_groups,
    make_receipt,
    normalise_receipt,
)

receipts = st.binary(min_size=16, max_size=64).map(make_receipt)


def test_it_holds_at_least_eighty_bits():
    assert BITS >= 80
    assert 10 ** (GROUPS * (GROUP - 1)) >= 2**BITS


def test_too_little_chance_is_refused():
    with pytest.raises(TooFewBits):
        make_receipt(b"x" * 15)


@given(receipts)
def test_it_reads_as_it_was_written(receipt):
    assert normalise_receipt(receipt) == receipt
    assert normalise_receipt(" ".join(in_groups(receipt))) == receipt
    assert normalise_receipt("–".join(in_groups(receipt))) == receipt


@given(receipts, st.integers(0, 29), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed_and_its_group_is_named(receipt, place, more):
    wrong = receipt[:place] + str((int(receipt[place]) + more) % 10) + receipt[place + 1:]
    with pytest.raises(BadReceipt) as bad:
        normalise_receipt(wrong)
    assert (bad.value.cause, bad.value.group) == ("group", place // GROUP + 1)


@given(receipts, st.integers(0, 28))
def test_two_digits_that_changed_places_are_noticed_within_a_group(receipt, place):
    swapped = receipt[:place] + receipt[place + 1] + receipt[place] + receipt[place + 2:]
    if swapped != receipt and place % GROUP != GROUP - 1:
        with pytest.raises(BadReceipt):
            normalise_receipt(swapped)


@given(receipts, st.integers(0, 4), st.integers(0, 4))
def test_two_groups_that_changed_places_are_noticed(receipt, one, other):
    groups = list(in_groups(receipt))
    groups[one], groups[other] = groups[other], groups[one]
    if one != other and groups[one] != groups[other]:
        with pytest.raises(BadReceipt):
            normalise_receipt("".join(groups))


@pytest.mark.parametrize(("typed", "cause"), [
    ("", "length"), ("123", "length"), ("1" * 31, "length"), ("abc", "character"), ("12O456", "character"),
    ("²" * 30, "group"),  # written small it is still a digit
])
def test_what_is_no_receipt_says_why_and_repeats_nothing(typed, cause):
    with pytest.raises(BadReceipt) as bad:
        normalise_receipt(typed)
    assert bad.value.cause == cause
    assert not typed or typed not in str(bad.value)


@given(receipts)
def test_digits_of_other_scripts_are_digits(receipt):
    for zero in (0x0660, 0x06F0, 0x0966):
        assert normalise_receipt(receipt.translate({0x30 + n: zero + n for n in range(10)})) == receipt


def test_the_first_group_that_differs():
    assert first_difference("1" * 30, "1" * 30) == 0
    assert first_difference("1" * 12 + "2" + "1" * 17, "1" * 30) == 3
