"""Who reported, out of what is sealed with a signal: a colleague with an account, or somebody from outside."""

from collections.abc import Mapping
from uuid import UUID

from meldroute.storage.models import User


def reporter_name(sealed: Mapping[str, str]) -> str:
    """A colleague's name as it is now; the name that somebody from outside gave, "" when they gave none."""
    if "user" not in sealed:
        return sealed.get("name", "")
    return User.objects.filter(pk=UUID(sealed["user"])).values_list("name", flat=True).first() or ""
