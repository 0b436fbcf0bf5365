"""Somebody from outside, at the services: opens the form, sends it, comes back. All invented."""

from datetime import date, timedelta
from itertools import count

from meldroute.rules.choices import Outside
from meldroute.rules.proof_of_work import is_done
from meldroute.services import municipality_settings, outside, outside_return
from meldroute.services.intake import OUTSIDE, NewSignal
from meldroute.services.outside import OutsideReport
from meldroute.storage.models import Signal
from tests.cast import MONDAY

CODE, PHONE = "GM0794", "0492-123456"
STORY = "Verzonnen Vincent slaapt in de schuur aan de Nergensstraat 7 en krijgt geen loon."


def open_page(cast, *, open=True, now=MONDAY, starts: date | None = None) -> None:
    seen = municipality_settings.settings_now(reader=cast.frits, now=now).row
    municipality_settings.save("outside", Outside(open=open, phone=PHONE), starts=starts, seen=seen, reader=cast.frits,
                               now=now)


def page(now=MONDAY) -> outside.Outside:
    return outside.page_of(CODE, now=now, language="nl")


def worked(token: str) -> str:
    """What a browser computes."""
    return next(str(n) for n in count() if is_done(token, str(n)))


def report(now=MONDAY, *, work=True, address="192.0.2.1", language="pl", name="", contact="", narrative=STORY, token="",
           **said) -> outside.Shown:
    token = token or outside.open_form(page(now), now=now)
    new = NewSignal(narrative, channel=OUTSIDE, **said)
    return outside.send(page(now), OutsideReport(new, language, name, contact), token=token,
                        work=worked(token) if work else "", address=address, now=now)


def come_back(receipt: str, *, now=MONDAY + timedelta(hours=1), address="192.0.2.1", language="nl"):
    token = outside_return.ask_receipt(page(now), now=now)
    return outside_return.open_report(page(now), receipt, token=token, address=address, now=now, language=language)


def stored(receipt: str) -> Signal:
    from meldroute.storage.keyed_hashes import receipt_ties

    return Signal.objects.get(reporter_tie__in=receipt_ties(receipt))
