import pytest


@pytest.fixture
def scene(cast):
    """A regular signal that was passed on to the inspectorate, and one about a colleague, both of Helmond."""
    from django.utils import timezone

    from tests.hostile.scenes import STORY
    from tests.services.passing_on_help import pass_on, passing, reported

    now = timezone.now()
    regular = passing(cast, narrative=STORY, now=now)
    sent = pass_on(cast, regular, "ISZW", now=now)
    colleague = reported(cast, narrative=STORY, about_colleague=True)
    return {"regular": regular, "colleague": colleague, "referral": sent.referral}
