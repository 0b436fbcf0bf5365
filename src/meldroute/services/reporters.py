"""Who reported, out of what is sealed with a signal: a colleague with an account, or somebody from outside."""

from collections.abc import Mapping
from uuid import UUID

from meldroute.storage.models import User
from meldroute.storage.prepared import Prepared


def reporter_name(sealed: Mapping[str, str]) -> str:
    """A colleague's name as it is now; the name that somebody from outside gave, "" when they gave none."""
    if "user" not in sealed:
        return sealed.get("name", "")
    return next(iter(_NAME(user=UUID(sealed["user"]))), "")


_NAME = Prepared(lambda user: User.objects.filter(pk=user).values_list("name", flat=True), user=UUID)
