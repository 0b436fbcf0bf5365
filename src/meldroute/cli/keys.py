"""`meldroute keys`: new versions of the keys, how they stand, and the keyring in the hands of a person elsewhere.

Exit codes: 0 done and in order, 1 something is to be done or could not be done, 2 wrong words or a wrong setting.
"""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from meldroute.cli import startup


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("keys", help="the keys of sealed text: rotate, status, escrow, recover, retire, finish")
    parser.set_defaults(run=run)
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    rotate = _word(words, "rotate", "a new version of every key, or of those named; then bring along what is stored")
    rotate.add_argument("--purpose", action="append", default=[], help="only this key (may be given more than once)")
    _word(words, "status", "which version is used by how much, what is kept elsewhere, what waits to be finished")
    escrow = _word(words, "escrow", "the keyring as a file that only a person's age key opens")
    escrow.add_argument("--to", action="append", default=[], metavar="age1…", help="public key (may be given more than once)")
    escrow.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="where the file is written; take it away")
    recover = _word(words, "recover", "put the keyring back on a machine without one")
    recover.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE", help="what `keys escrow` wrote")
    recover.add_argument("--identity", type=Path, required=True, metavar="FILE", help="the private age key, as age-keygen made it")
    retire = _word(words, "retire", "take an old version out, when nothing uses it any more")
    retire.add_argument("--purpose", required=True)
    retire.add_argument("--version", type=int, required=True)
    _word(words, "finish", "bring along what a rotation left, and finish destructions that wait")


def _word(words: argparse._SubParsersAction, name: str, told: str) -> argparse.ArgumentParser:
    parser = words.add_parser(name, help=told)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(act=WORDS[name])
    return parser


def run(options: argparse.Namespace) -> int:
    if options.word == "recover":
        startup.allow_first_start()  # an empty machine has no folder yet
    startup.set_up_django()
    try:
        return options.act(options, datetime.now(UTC))
    except _refusals() as error:
        print(f"meldroute keys {options.word}: {error}", file=sys.stderr)
        return 1
    except OSError as error:  # a disk that is full, a folder that is not ours
        print(f"meldroute keys {options.word}: cannot be written ({error.strerror}). Nothing was changed.", file=sys.stderr)
        return 1
    except _database_errors() as error:
        print(f"meldroute keys {options.word}: {startup.no_database(error)}", file=sys.stderr)
        return 1


def _refusals() -> tuple[type[Exception], ...]:
    from meldroute.services import key_escrow, key_rotation, keyring_refusals

    return (key_rotation.NoSuchPurpose, key_rotation.StillUsed, key_escrow.CannotKeep, key_escrow.CannotRecover,
            *keyring_refusals.REFUSALS)


def _database_errors() -> type[Exception]:
    from django.db import DatabaseError

    return DatabaseError


def _rotate(options: argparse.Namespace, now: datetime) -> int:
    from meldroute.services import key_rotation

    versions = key_rotation.rotate(options.purpose, now=now)
    if not options.json:
        print("New versions, used from now on: " + ", ".join(f"{name} {number}" for name, number in versions.items()))
    done = key_rotation.bring_along(now=now)
    if options.json:
        print(json.dumps({"versions": versions, "brought_along": {part.name: part.rows for part in done}}))
    else:
        print("\n".join(f"{part.name}: {part.rows} brought along" for part in done))
        print("Now run `meldroute keys escrow` and `meldroute backup`: what is kept elsewhere does not hold them yet.")
    return 0


def _finish(options: argparse.Namespace, now: datetime) -> int:
    from meldroute.services import key_destruction, key_rotation

    done = key_rotation.bring_along(now=now)
    finished = key_destruction.finish_destructions(now=now, actor=key_rotation.KEEPER)
    waiting = len(key_destruction.pending_destructions())
    told = {"brought_along": {part.name: part.rows for part in done}, "destructions_finished": finished.count,
            "destructions_pending": waiting, "cause": finished.cause}
    print(json.dumps(told) if options.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
    return 1 if finished.cause else 0


def _retire(options: argparse.Namespace, now: datetime) -> int:
    from meldroute.services import key_rotation

    key_rotation.retire(options.purpose, options.version, now=now)
    told = {"purpose": options.purpose, "retired": options.version}
    print(json.dumps(told) if options.json else f"{options.purpose} {options.version} is out of the keyring.")
    return 0


def _escrow(options: argparse.Namespace, now: datetime) -> int:
    from django.conf import settings

    from meldroute.services import key_escrow

    made = key_escrow.escrow(options.into, to=tuple(options.to or settings.MELDROUTE_ESCROW_TO), now=now)
    if options.json:
        print(json.dumps(asdict(made)))
    else:
        print(f"{options.into / made.file}\nfingerprint {made.fingerprint}, sealed to {', '.join(made.recipients)}; it was opened "
              "once and is whole.\nTake it away from this machine, and never beside a backup.")
    return 0


def _recover(options: argparse.Namespace, now: datetime) -> int:
    from meldroute.services import key_escrow

    back = key_escrow.recover(options.source, identity=options.identity)
    if options.json:
        print(json.dumps(asdict(back)))
    else:
        compared = "It belongs to the database here." if back.compared else "There is no database here to compare it with."
        print(f"The keyring of {back.made_at} is back, fingerprint {back.fingerprint}. {compared}")
    return 0


def _status(options: argparse.Namespace, now: datetime) -> int:
    from meldroute.services.key_status import key_status

    status = key_status(now=now)
    print(json.dumps(asdict(status), default=str) if options.json else "\n".join(_lines(status)))
    return 1 if status.to_do else 0


def _lines(status):
    yield f"keyring {status.fingerprint}"
    for key in status.keys:
        yield (f"  {key.purpose:13}{key.version:>3}  {'current' if key.current else 'old':8}{key.rows:>9} rows  "
               f"{'escrowed' if key.escrowed else 'NOT ESCROWED':13} "
               f"{'stays: ' + key.kept_because if key.kept_because else 'may be retired'}")
    for copy in status.copies:
        made = f"{_moment(copy.last_good)}  {copy.file}" if copy.last_good else "never made"
        yield f"copy of {copy.kind:7} {made}"
    for one in status.pending:
        yield (f"destruction of {one.signal}: pending since {_moment(one.asked_at)}; "
               f"database {'clean' if one.database_clean else 'not clean yet'}, "
               f"key copy {'replaced' if one.copy_replaced else 'not replaced yet'}")
    yield from (f"TO DO  {line}" for line in status.to_do)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


WORDS = {"rotate": _rotate, "status": _status, "escrow": _escrow, "recover": _recover, "retire": _retire, "finish": _finish}
