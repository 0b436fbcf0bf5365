"""Where the databases of the tests stand: in memory where there is room, else on the disk."""

import os
import shutil
from pathlib import Path

MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # short both: a socket's path may be 107 characters at most
ROOM = 2 << 30  # for each process: a server with its log of changes takes half of it in a whole run


def place() -> Path:
    """Every commit waits for its disk, in tests as in use, and many short tests do little else. Memory answers at once.

    A drill in full keeps the disk, whose pauses belong to what it rehearses.
    """
    if os.environ.get("MELDROUTE_DRILL") == "full" or not os.access(MEMORY, os.W_OK):
        return DISK
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return MEMORY if shutil.disk_usage(MEMORY).free >= ROOM * workers else DISK
