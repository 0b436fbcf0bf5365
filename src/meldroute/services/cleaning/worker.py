"""The process that opens a file from outside: bytes in by stdin, a bare copy out by stdout, and nothing else.

Started as `python -m meldroute.services.cleaning.worker`. First line in: nothing. First line out: "ok KIND" or
"refused REASON"; then the copy.
"""

import contextlib
import sys

from meldroute.services.cleaning.kinds import FileRefused, kind_of, text_of

MEMORY = 1200 * 1024 * 1024
SECONDS = 15


def shut_in() -> None:
    """Little memory, little time, no file larger than nothing, no core dump. Before the first byte is read."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bare_copy(content: bytes) -> tuple[str, bytes]:
    """(kind, what may be kept). Raises `FileRefused`."""
    kind = kind_of(content).id
    if kind == "text":
        return kind, text_of(content).replace("\r\n", "\n").replace("\r", "\n").encode()
    if kind == "pdf":
        from meldroute.services.cleaning.documents import clean_document

        return kind, clean_document(content)
    from meldroute.services.cleaning.pictures import clean_picture

    return kind, clean_picture(content, kind)


def main() -> int:
    with contextlib.suppress(ImportError):  # a system without these limits still has its own process
        shut_in()
    try:
        kind, copy = bare_copy(sys.stdin.buffer.read())
    except FileRefused as refused:
        sys.stdout.buffer.write(f"refused {refused.reason}\n".encode())
    except MemoryError:
        sys.stdout.buffer.write(b"refused too_big_inside\n")
    else:
        sys.stdout.buffer.write(f"ok {kind}\n".encode() + copy)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
