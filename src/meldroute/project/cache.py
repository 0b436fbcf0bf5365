"""Cache keys as keyed hashes: a key may come from an address or an account, and the table is not for reading."""

import hmac

from django.conf import settings


def hashed_key(key: str, key_prefix: str, version: int) -> str:
    text = f"{key_prefix}:{version}:{key}"
    return hmac.digest(settings.SECRET_KEY.encode(), b"cache " + text.encode(), "sha256").hex()
