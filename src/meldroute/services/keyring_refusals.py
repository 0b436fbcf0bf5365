"""What the keyring and its seals refuse, for doors that show it: they may not reach past services."""

from meldroute.storage.keyring import KeyringRefused
from meldroute.storage.sealing import SealBroken

REFUSALS: tuple[type[Exception], ...] = (KeyringRefused, SealBroken)
