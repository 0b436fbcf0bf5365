"""A second of computing, bound to one page."""

from itertools import count

import pytest

from meldroute.rules.proof_of_work import BITS, is_done


def answer(token: str, bits: int = 8) -> str:
    return next(str(n) for n in count() if is_done(token, str(n), bits=bits))


def test_an_answer_is_good_for_its_own_token():
    done = answer("a")
    assert is_done("a", done, bits=8)
    assert not all(is_done(other, done, bits=8) for other in "bcdef")


def test_it_costs_some_thousands_of_tries():
    assert 2**12 <= 2**BITS <= 2**18


@pytest.mark.parametrize("wrong", ["", "x", "-1", "1.5", "١٢", "9" * 21, " 1", "1\n"])
def test_what_is_no_number_is_no_answer(wrong):
    assert not is_done("a", wrong, bits=0)
