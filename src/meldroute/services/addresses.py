"""What a limit may know of a network address."""

from meldroute.storage.address_key import address_hash

__all__ = ["address_hash"]
