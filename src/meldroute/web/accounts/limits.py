"""Guessing a password ends soon: per account and per address, never for everybody at once.

A whole town hall comes from one address. When somebody guesses from there, the address is not closed: each account may
then be tried from there once in five minutes, so that a colleague with the right password comes in.
"""

from allauth.core.internal.ratelimit import RateLimitUsage, clear, consume
from django.http import HttpRequest

APP = "allauth.account"
ACCOUNT, PAIR, ADDRESS, CROWDED = "login_account", "login_pair", "login_address", "login_crowded"
# Wrong passwords. From all addresses together an account bears more, so that nobody far away keeps a person out.
RATES = {
    ACCOUNT: "20/5m/key,100/d/key",
    PAIR: "5/5m/key",
    ADDRESS: "100/m/key",
    CROWDED: "1/5m/key",
}


def admitted(request: HttpRequest, account: str, *, address: str) -> list[RateLimitUsage] | None:
    """Counts this try; None when it is one too many. A right password takes the count back with `forgiven`."""
    pair = f"{address} {account}"
    counted: list[RateLimitUsage] = []
    for ways in ([(ACCOUNT, account)], [(PAIR, pair)], [(ADDRESS, address), (CROWDED, pair)]):
        taken = next((use for action, key in ways if (use := _count(request, action, key))), None)
        if taken is None:
            forgiven(counted)
            return None
        counted.append(taken)
    return counted


def forgiven(counted: list[RateLimitUsage]) -> None:
    for use in counted:
        use.rollback()


def forget(request: HttpRequest, account: str, *, address: str) -> None:
    """With a new password, chosen by whoever holds the mail address, an account starts afresh."""
    for action, key in ((ACCOUNT, account), (PAIR, f"{address} {account}"), (CROWDED, f"{address} {account}")):
        clear(request, app=APP, action=action, config=RATES, key=key)


def _count(request: HttpRequest, action: str, key: str) -> RateLimitUsage | None:
    return consume(request, app=APP, action=action, config=RATES, key=key)
