"""The whole site killed again and again while people report: no receipt that was shown is lost, none is doubled."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from tests.drills.conftest import size
from tests.drills.killed_site import COUNT, Reporter
from tests.drills.machines import Machine


def test_no_receipt_that_was_shown_is_lost_and_none_is_doubled(site, mail_server):
    number, kills, people = size(30, 1000), size(3, 40), size(3, 8)
    first = Reporter(site)
    first.sign_in()
    shown, lock, retries = [], Lock(), []

    def reports(share: int) -> None:
        person = Reporter(site, first.cookies)
        for n in range(share):
            reference = person.report(f"Verzonnen verhaal {share} {n}.")
            with lock:
                shown.append(reference)
        retries.append(person.retries)

    shares = [number // people + (n < number % people) for n in range(people)]
    with ThreadPoolExecutor(people) as pool:
        work = [pool.submit(reports, share) for share in shares]
        for moment in sorted(random.sample(range(1, number - people), kills)):
            while len(shown) < moment and not all(w.done() for w in work):
                time.sleep(0.002)
            time.sleep(random.uniform(0, 0.03))  # anywhere in the middle of what the others are doing
            site.kill()
            site.start()
        while not all(w.done() for w in work):
            if site.process.poll() is not None:  # it gave up by itself, on a busy machine: a service manager starts it again
                site.start()
            time.sleep(0.1)
        [w.result() for w in work]

    site.command("tick")
    time.sleep(1)
    stored = json.loads(site.python(COUNT))
    assert len(shown) == number
    assert set(shown) == set(stored)  # each receipt exists, and nothing exists beside them
    assert len(stored) == number  # and none was stored twice
    wrong = {reference: counts for reference, counts in stored.items() if counts[:2] + counts[3:] != [1, 1, 1, 1]}
    assert not wrong, "a clock, message, key or entry in the history is missing or doubled"
    assert Machine(site.env).history_read() >= number  # and no chain of the history was torn
    assert sum(retries) >= 1, "nobody noticed a kill: the drill proved nothing"
