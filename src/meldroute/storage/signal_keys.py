"""The key of one signal: opened, found destroyed, or missing without a reason, which is said aloud."""

from uuid import UUID

from .models import KeyDestruction, Signal, SignalKey
from .prepared import Prepared
from .sealing import SealBroken, unwrap_key


class SignalDestroyed(Exception):
    """What was said in this signal was destroyed for good: its key is gone. Not an error, and nothing to repair."""

    def __init__(self, signal: UUID):
        super().__init__(f"signal {signal}: its content was destroyed. Nobody can open it any more.")
        self.signal = signal


def key_of(signal: UUID) -> bytes:
    """Raises `SignalDestroyed`, or `SealBroken` when the key is not there and nobody destroyed it."""
    for wrapped in _WRAPPED(signal=signal):
        return unwrap_key(bytes(wrapped), signal_id=signal)
    raise _gone(signal)


_WRAPPED = Prepared(lambda signal: SignalKey.objects.filter(pk=signal).values_list("wrapped", flat=True), signal=UUID)


def key_beside(signal: Signal) -> bytes:
    """The same for a row that was read together with its key (`select_related("key")`)."""
    if not has_key(signal):
        raise _gone(signal.pk)
    return unwrap_key(bytes(signal.key.wrapped), signal_id=signal.pk)


def has_key(signal: Signal) -> bool:
    return hasattr(signal, "key")


def _gone(signal: UUID) -> Exception:
    if KeyDestruction.objects.filter(signal=signal).exists():
        return SignalDestroyed(signal)
    return SealBroken(f"the key of signal {signal}", "it is not in the database, and nobody destroyed it")
