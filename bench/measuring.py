"""The measurements. Each yields rows of figures; times in milliseconds unless they say otherwise."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from bench.people import Visitor, sessions
from bench.serving import free_port, site

WARM_UP = 20
TIMES = 150


def settle_down() -> None:
    """What a database does by itself after a while: statistics, and a checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def policy(*, size: int, seconds: float) -> Iterator[dict]:
    """`meldroute check-policy`, the whole process."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "meldroute.cli.main", "check-policy", "oost-brabant"], check=True,
                       stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - began)
    yield {"what": "check-policy", "seconds": round(min(took), 2)}


def pages(*, size: int, seconds: float) -> Iterator[dict]:
    """One focal point, one client, over HTTP, signed in."""
    from meldroute.storage.models import Signal

    # Copies cannot be opened; the others can.
    references = list(Signal.objects.filter(municipality__code="GM0794", reference__startswith="MR-").exclude(kind="end")
                      .values_list("reference", flat=True)[:TIMES + WARM_UP])
    with site(workers=1) as port:
        visitor = Visitor(port, sessions("focal_point", 1)[0])
        yield {"what": "work list", **_timed(visitor, ["/werklijst/"] * (WARM_UP + TIMES))}
        yield {"what": "signal page", **_timed(visitor, [f"/signalen/{r}/" for r in references])}


def _timed(visitor: Visitor, addresses: list[str]) -> dict:
    took = []
    for address in addresses:
        began = time.perf_counter()
        visitor.get(address)
        took.append((time.perf_counter() - began) * 1000)
    took = took[min(WARM_UP, len(took) // 2):]
    return {"p50": round(statistics.median(took), 1), "p95": round(statistics.quantiles(took, n=20)[-1], 1)}


def tick(*, size: int, seconds: float) -> Iterator[dict]:
    """The function, with nothing due."""
    from meldroute.services.ticking import tick as run

    took = []
    for _ in range(11):
        began = time.perf_counter()
        run(now=datetime.now(UTC))
        took.append((time.perf_counter() - began) * 1000)
    yield {"what": "tick, nothing due", "p50": round(statistics.median(took[1:]), 1), "first": round(took[0], 1)}


def start(*, size: int, seconds: float) -> Iterator[dict]:
    """`meldroute run` on an existing database, until its first page was answered."""
    port = free_port()
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "meldroute.cli.main", "run", "--port", str(port)],
                             stdout=subprocess.DEVNULL)
    try:
        visitor = Visitor(port, None)
        visitor.wait()
        visitor.get("/gevaar/")
        yield {"what": "start to first page", "seconds": round(time.perf_counter() - began, 2)}
    finally:
        child.terminate()
        child.wait()


def memory(*, size: int, seconds: float) -> Iterator[dict]:
    """Resident memory of one web worker after work, signing in left out."""
    with site(workers=1) as port:
        visitor = Visitor(port, sessions("focal_point", 1)[0])
        for _ in range(100):
            visitor.get("/werklijst/")
        yield {"what": "memory per worker", "MB": round(max(map(_resident, site.processes)) / 1024)}


def _resident(pid: int) -> int:
    """KB, from the kernel."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def reports(*, size: int, seconds: float) -> Iterator[dict]:
    """Signed-in reports over HTTP: one client alone, then eight at once on two workers; tokens made beforehand."""
    from bench.reporting import statements_per_report, storm

    yield {"what": "report, statements", "count": statements_per_report()}
    with site(workers=2) as port:
        alone = storm(port, clients=1, seconds=seconds)
        together = storm(port, clients=8, seconds=seconds)
    yield {"what": "report, one client", "p50": alone.p50, "p95": alone.p95}
    yield {"what": "report, 8 clients", "per_second": together.rate, "p50": together.p50, "p95": together.p95}
