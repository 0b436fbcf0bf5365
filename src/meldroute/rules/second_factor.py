"""Who must show a second factor, and where none is asked.

A second factor is shown once in a session. Without it somebody may report and see what became of a report, and no
more: a report must never wait for a telephone that lies at home.
"""

from collections.abc import Collection

# Roles whose pages can show personal data. Whoever has another role is asked too: a role nobody knows reads nothing.
WITHOUT = frozenset({"reporter"})

# Addresses that show no personal data, for everybody who is signed in: by the name of their route.
FREE = frozenset({
    "home", "choose_membership", "danger", "outside", "set_language", "partner_link",
    "report", "discard_draft", "receipt", "my_reports", "my_report", "proof_of_report",
})
# For somebody who only reports: their notices name no person and no signal, and what the policy says is public.
FREE_FOR_REPORTERS = frozenset({"notifications", "notices_seen", "municipalities", "forms", "focal_point"})


def needs_factor(roles: Collection[str]) -> bool:
    """Whether somebody with these roles must have a second factor at all."""
    return bool(set(roles) - WITHOUT)


def asks_factor(route: str, roles: Collection[str]) -> bool:
    """Whether this address asks somebody with these roles for a second factor. What is not named here asks for one."""
    return route not in FREE and (needs_factor(roles) or route not in FREE_FOR_REPORTERS)
