"""Mail when things go wrong: delivered at least once, and twice only when killed between acceptance and our commit."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from meldroute.services import boundaries
from meldroute.services.delivery import LEASE, Watch, deliver, take_one
from meldroute.services.desk import EditConflict
from meldroute.services.enrichment import NewFact, add_fact
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.taking_up import take_up
from meldroute.services.ticking import tick
from meldroute.storage.models import Clock, Enrichment, HistoryEntry, Message, Signal
from tests.cast import MONDAY
from tests.drills.conftest import size

pytestmark = pytest.mark.django_db(transaction=True)


def report(cast, number=1, now=MONDAY):
    return [register_signal(NewSignal("Niet pluis."), reader=cast.bram, submission=uuid4(), now=now).reference
            for _ in range(number)]


def ids_of(server) -> Counter:
    return Counter(mail["Message-ID"] for mail in server.messages)


def pass_the_lease():
    """Time passes for every message that somebody holds."""
    held = Message.objects.exclude(lease=None)
    held.update(next_try_at=timezone.now() - timedelta(seconds=1), lease_until=timezone.now() - timedelta(seconds=1))


# Killed in the middle


class KillsItsWorker:
    """Takes a mail and kills the worker before that worker can hear so."""

    def __init__(self, server, kills: int):
        self.server, self.kills, self.killed, self.worker = server, kills, Counter(), None

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.server.messages.append(mail)
        if self.kills and random.random() < 0.7:
            self.kills -= 1
            self.killed[mail["Message-ID"]] += 1
            os.kill(self.worker.pid, signal.SIGKILL)
        return "250 OK"


def test_a_worker_killed_between_acceptance_and_commit_sends_again_under_the_same_message_id(cast, mail_server, child):
    number, kills = size(4, 60), size(3, 40)
    report(cast, number, now=timezone.now() - timedelta(minutes=1))
    killer = KillsItsWorker(mail_server, kills)
    mail_server._controller.handler = killer
    for _ in range(number + kills + 2):
        killer.worker = subprocess.Popen([sys.executable, "-m", "meldroute.cli.main", "tick"], env=child,
                                         stdout=subprocess.DEVNULL)
        killer.worker.wait(timeout=60)
        pass_the_lease()
        if not Message.objects.filter(sent_at=None).exists():
            break

    messages = {f"<{m.pk}@" for m in Message.objects.all()}
    assert not Message.objects.filter(sent_at=None).exists()
    assert {id.partition("@")[0] + "@" for id in ids_of(mail_server)} == messages  # each of them, and nothing else
    assert killer.killed, "nobody was killed: the drill proved nothing"
    assert ids_of(mail_server) == Counter(dict.fromkeys(ids_of(mail_server), 1)) + killer.killed  # twice only then


def test_workers_killed_at_random_moments_deliver_everything(cast, mail_server, child):
    number, rounds = size(6, 150), size(4, 60)
    report(cast, number, now=timezone.now() - timedelta(minutes=1))
    for _ in range(rounds):
        worker = subprocess.Popen([sys.executable, "-m", "meldroute.cli.main", "tick"], env=child,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            worker.wait(timeout=random.uniform(0.3, 2.0))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        pass_the_lease()
    tick(now=timezone.now() + timedelta(days=1))
    assert not Message.objects.filter(kind="signal_received", sent_at=None).exists()
    assert {m.partition("@")[0].strip("<") for m in ids_of(mail_server)} >= {
        str(m.pk) for m in Message.objects.filter(kind="signal_received")}


# The lease


class SlowerThanItsLease:
    """While the first mail is being handed over its lease runs out, and a second worker delivers it too."""

    def __init__(self, server):
        self.server, self.second = server, None

    async def handle_DATA(self, server, session, envelope):
        self.server.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.second is None:
            self.second = await asyncio.to_thread(self._second_worker)
        return "250 OK"

    def _second_worker(self) -> str:
        self.second = "busy"
        try:
            later = MONDAY + LEASE
            watch = Watch(later, elapsed=lambda: 0.0)
            with boundaries.everywhere():  # as a process of its own begins
                return deliver(take_one(now=later), watch=watch)
        finally:
            connections.close_all()


def test_a_worker_stamps_only_while_its_lease_is_current(cast, mail_server):
    report(cast)
    slow = SlowerThanItsLease(mail_server)
    mail_server._controller.handler = slow
    watch = Watch(MONDAY, elapsed=lambda: 0.0)  # to the first worker no time has passed at all
    assert deliver(take_one(now=MONDAY), watch=watch) == "too_late"
    assert slow.second == "sent"
    message = Message.objects.get()
    assert (message.sent_at, message.lease) == (MONDAY + LEASE, None)  # the second one's stamp
    assert list(ids_of(mail_server).values()) == [2]
    assert HistoryEntry.objects.filter(act="message.sent").count() == 1


def test_two_ticks_at_once_do_everything_once(cast, mail_server):
    number = size(5, 40)
    report(cast, number)
    now = Clock.objects.latest("due_at").due_at
    start, done = Barrier(2), []

    def run():
        try:
            start.wait()
            with boundaries.everywhere():  # as a process of its own begins
                done.append(tick(now=now))
        finally:
            connections.close_all()

    workers = [Thread(target=run) for _ in range(2)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert not [trouble for report_ in done for trouble in report_.troubles]
    assert sum(report_.late for report_ in done) == number
    assert Message.objects.filter(kind="late").count() == number * 2  # focal point and buddy
    tick(now=now)  # whatever the two left to each other
    assert set(ids_of(mail_server).values()) == {1}
    assert len(ids_of(mail_server)) == Message.objects.count()


# A day without mail, and clocks that jump


def test_mail_that_was_down_for_a_day_goes_out_once_within_an_hour_of_coming_back(cast, mail_server):
    number = size(3, 40)
    report(cast, number)
    Clock.objects.update(next_action_at=None)  # this drill is about the mails there are
    mail_server.refuse = 10**9
    now = MONDAY
    for _ in range(24 * 6):
        tick(now=now, watch=Watch(now, elapsed=lambda: 0.0))
        now += timedelta(minutes=10)
    assert not mail_server.messages
    assert Message.objects.get(kind="mail_failing").count == number

    mail_server.refuse = 0
    for _ in range(7):
        tick(now=now, watch=Watch(now, elapsed=lambda: 0.0))
        now += timedelta(minutes=10)
    assert set(ids_of(mail_server).values()) == {1}
    assert not Message.objects.filter(sent_at=None).exists()


def test_a_clock_that_jumps_never_says_a_thing_twice_nor_forgets_one(cast, mail_server):
    chance = random.Random(20261123)
    report(cast, size(3, 12))
    now, furthest = MONDAY, MONDAY
    for _ in range(size(40, 600)):
        now += timedelta(hours=chance.choice((-30, -5, 0, 1, 2, 6, 24, 72)))
        mail_server.refuse = chance.choice((0, 0, 0, 1))
        assert not tick(now=now, watch=Watch(now, elapsed=lambda: 0.0)).troubles
        furthest = max(furthest, now)
    mail_server.refuse = 0
    end = furthest + timedelta(days=10)
    for minute in range(2):  # what a tick says after it delivered, such as that access is to be looked through, goes with the next
        tick(now=end + timedelta(minutes=minute), watch=Watch(end + timedelta(minutes=minute), elapsed=lambda: 0.0))

    acts = HistoryEntry.objects.filter(act__in=("clock.late", "clock.escalated")).values_list("act", "details")
    once = Counter((act, details["clock"]) for act, details in acts)
    assert set(once.values()) == {1}
    assert len(once) == 2 * Clock.objects.count()
    assert not Message.objects.filter(sent_at=None).exists()
    assert set(ids_of(mail_server).values()) == {1}


# Two people, one signal


def test_two_who_edit_the_same_signal_at_once_get_one_success_and_one_conflict_and_nothing_is_lost(cast):
    for round in range(size(5, 60)):
        [reference] = report(cast)
        take_up(reference, reader=cast.anna, now=MONDAY)
        version = Signal.objects.get(reference=reference).version
        start, outcomes = Barrier(2), []

        def add(reader, text, reference=reference, version=version, start=start, outcomes=outcomes):
            fact = NewFact(item="adres", outcome="impossible", text=text)
            try:
                start.wait()
                add_fact(reference, fact, reader=reader, now=MONDAY, version=version)
                outcomes.append("saved")
            except EditConflict:
                outcomes.append("conflict")
            finally:
                connections.close_all()

        both = [Thread(target=add, args=(cast.anna, "Van Anna.")), Thread(target=add, args=(cast.bo, "Van Bo."))]
        [one.start() for one in both]
        [one.join() for one in both]
        assert sorted(outcomes) == ["conflict", "saved"], f"round {round}"
        signal_ = Signal.objects.get(reference=reference)
        assert signal_.version == version + 1
        assert Enrichment.objects.filter(signal=signal_).count() == 1
        assert HistoryEntry.objects.filter(signal=signal_.pk, act="step.enrich").count() == 1
