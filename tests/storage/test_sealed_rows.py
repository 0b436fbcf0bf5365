"""Sealed columns of a row: what stands in the wrong row, the wrong column or nowhere is refused."""

import pytest

from meldroute.storage.models import Signal
from meldroute.storage.sealing import SealBroken, new_signal_key

CONTENT = {"narrative": "Zes matrassen achter de zaak.", "where": "Kerkstraat"}


@pytest.fixture
def key():
    return new_signal_key()


def sealed_signal(key):
    signal = Signal()
    signal.seal("content_sealed", CONTENT, key=key)
    return signal


def test_a_sealed_column_opens_in_its_own_row(key):
    assert sealed_signal(key).unseal("content_sealed", key=key) == CONTENT


def test_a_seal_from_another_row_is_refused(key):
    other = Signal()
    other.content_sealed = sealed_signal(key).content_sealed
    with pytest.raises(SealBroken, match=f"content_sealed:{other.pk}"):
        other.unseal("content_sealed", key=key)


def test_a_seal_from_another_column_is_refused(key):
    signal = sealed_signal(key)
    signal.reporter_sealed = signal.content_sealed
    with pytest.raises(SealBroken, match="reporter_sealed"):
        signal.unseal("reporter_sealed", key=key)


def test_an_emptied_column_is_refused_and_not_read_as_nothing(key):
    signal = sealed_signal(key)
    signal.content_sealed = b""
    with pytest.raises(SealBroken, match="its format is empty"):
        signal.unseal("content_sealed", key=key)


def test_a_column_that_may_stay_unwritten_is_empty(key):
    assert Signal().unseal("assessment_sealed", key=key) == {}
