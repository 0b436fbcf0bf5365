"""Keys are rotated while people report: every receipt that was shown exists, and everything opens."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

from tests.drills.conftest import size
from tests.drills.killed_site import COUNT, Reporter
from tests.drills.machines import READ, Machine

USED = """
import json
from meldroute.services.key_status import key_lines
from django.utils import timezone
print(json.dumps([[k.purpose, k.version, k.current, k.rows] for k in key_lines(now=timezone.now())]))
"""


def test_key_rotated_under_load(site):
    number, people, turns = size(40, 1000), size(3, 6), size(2, 10)
    machine, first = Machine(site.env), Reporter(site)
    first.sign_in()
    shown: list[str] = []

    def reports(share: int) -> None:
        person = Reporter(site, first.cookies)
        for n in range(share):
            shown.append(person.report(f"Verzonnen verhaal van {share} en {n}."))

    with ThreadPoolExecutor(people) as pool:
        work = [pool.submit(reports, number // people) for _ in range(people)]
        for turn in range(turns):
            while len(shown) < (turn + 1) * number // (turns + 2) and not all(w.done() for w in work):
                time.sleep(0.01)
            machine.meldroute("keys", "rotate")
        still_working = not all(w.done() for w in work)
        [w.result() for w in work]

    machine.meldroute("keys", "finish")
    stored = json.loads(site.python(COUNT))
    assert len(shown) == len(set(shown)) == number // people * people
    assert set(shown) == set(stored)
    told = json.loads(machine.python(READ))
    assert set(told) == set(shown)
    assert all(text and "Verzonnen verhaal" in text for text in told.values()), "each opens"
    used = {(purpose, version): rows for purpose, version, current, rows in json.loads(machine.python(USED)) if not current}
    assert {rows for (purpose, _), rows in used.items() if purpose == "wrap"} == {0}, "all are under the newest key"
    assert max(version for purpose, version in used if purpose == "wrap") == turns
    assert machine.history_read() >= len(shown)
    assert still_working or turns < 3, "nobody reported any more: the drill proved nothing"
