"""Find packs, read their files and hand over a checked policy.

A pack stands in `<id>/<valid_from>/*.toml`: in this package, and in an extra folder that the caller names.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path

from meldroute.rules.acts import STATUSES
from meldroute.rules.parsing.checks import overlap
from meldroute.rules.parsing.findings import Findings
from meldroute.rules.parsing.row import Row
from meldroute.rules.policy import Policy
from meldroute.rules.policy_parse import PolicyError, PolicyErrors, parse_policy

from .canonical import canonical_json, content_hash

# Not part of what runs: what the policy document says, statement by statement, with where it is shown.
STATEMENTS = "statements.toml"
BESIDE = frozenset({STATEMENTS, "cases.toml"})


@dataclass(frozen=True, slots=True)
class PackRef:
    """A version that can be loaded. `name` ("oost-brabant 2021-01-01") never tells where it stands."""

    id: str
    valid_from: date
    valid_to: date | None
    shipped: bool
    folder: Traversable = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return f"{self.id} {self.valid_from}"

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day <= (self.valid_to or day)


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A policy that passed every check, with the text and hash under which this version is stored."""

    name: str
    policy: Policy
    canonical: str = field(repr=False)
    hash: str  # sha256 of `canonical`, hex


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the policy document: where it was read, in our words, and where the program shows it."""

    id: str
    chapter: str
    nl: str
    en: str
    where: str
    build: bool
    status: str


class UnknownPack(LookupError):
    """No version of this pack is valid on this day. The message says which ones there are."""

    def __init__(self, id: str, on: date, known: Iterable[PackRef]):
        names = ", ".join(ref.name for ref in known) or "no packs at all"
        super().__init__(f"policy '{id}': no version is valid on {on}. There is: {names}.")


def available_packs(folder: Path | None = None) -> tuple[PackRef, ...]:
    """Every version in this package and in the extra folder, by id and first day.

    Raises `PolicyErrors` when a version cannot be read or two versions of one id share a day.
    """
    shipped = [_ref(version, shipped=True) for version in _versions(files(__package__))]
    extra = [_ref(version, shipped=False) for version in _versions(_existing(folder))] if folder else []
    refs = sorted(shipped + extra, key=lambda ref: (ref.id, ref.valid_from))
    _refuse_overlap(refs)
    return tuple(refs)


def load_pack(id: str, *, on: date, folder: Path | None = None) -> LoadedPack:
    """The version of a pack that is valid on this day. Raises `UnknownPack` or `PolicyErrors`."""
    refs = available_packs(folder)
    for ref in refs:
        if ref.id == id and ref.valid_on(on):
            return read_pack(ref.folder)
    raise UnknownPack(id, on, refs)


def read_pack(folder: Traversable) -> LoadedPack:
    """The pack in this very folder, wherever it stands. Raises `PolicyErrors`."""
    tables = read_tables(folder)
    name = _name(tables, folder)
    policy = parse_policy(tables, where=name)
    canonical = canonical_json(tables)
    return LoadedPack(name, policy, canonical, content_hash(canonical))


def read_tables(folder: Traversable) -> dict[str, object]:
    """All files of a pack as one document. Raises `PolicyErrors` for bad TOML and for a key in two files."""
    tables: dict[str, object] = {}
    origin: dict[str, str] = {}
    errors: list[PolicyError] = []
    for file in _toml_files(folder):
        content, error = _toml(file)
        errors += [error] if error else []
        for key in content.keys() & tables.keys():
            errors.append(PolicyError(f"file '{file.name}'", f"{key} stands in {origin[key]} too",
                                      "Keep each top-level key in one file."))  # fmt: skip
        tables |= content
        origin |= dict.fromkeys(content, file.name)
    if not tables and not errors:
        errors.append(_misses(folder, "its files", "Put pack.toml and the other files there."))
    if errors:
        raise PolicyErrors(errors)
    return tables


def statements(id: str = "oost-brabant", *, on: date, folder: Path | None = None) -> Mapping[str, Statement]:
    """What the policy document states, by statement id. Not part of the running pack or its hash."""
    for ref in available_packs(folder):
        file = ref.folder / STATEMENTS
        if ref.id == id and ref.valid_on(on) and file.is_file():
            return _statements(file)
    raise UnknownPack(id, on, available_packs(folder))


def _statements(file: Traversable) -> Mapping[str, Statement]:
    content, error = _toml(file)
    if error:
        raise PolicyErrors([error])
    findings = Findings()
    rows = Row(content, f"file '{file.name}'", findings).each("statements", "statement", _statement)
    findings.raise_if_any()
    return {row.id: row for row in rows}


def _statement(row: Row) -> Statement:
    words = row.own_words()
    return Statement(
        id=row.text("id"),
        chapter=row.text("chapter"),
        nl=words.nl,
        en=words.en,
        where=row.text("where"),
        build=row.flag("build"),
        status=row.choice("status", STATUSES),
    )


def _versions(root: Traversable) -> Iterator[Traversable]:
    for pack in _folders(root):
        yield from _folders(pack)


def _folders(root: Traversable) -> list[Traversable]:
    hidden = ("_", ".")
    return sorted((f for f in root.iterdir() if f.is_dir() and not f.name.startswith(hidden)), key=lambda f: f.name)


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise PolicyErrors([PolicyError(f"folder '{folder.name}'", "does not exist",
                                        "Name an existing folder with packs, or none.")])  # fmt: skip
    return folder


def _toml_files(folder: Traversable) -> list[Traversable]:
    found = (f for f in folder.iterdir() if f.is_file() and f.name.endswith(".toml") and f.name not in BESIDE)
    return sorted(found, key=lambda f: f.name)


def _toml(file: Traversable) -> tuple[dict[str, object], PolicyError | None]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, PolicyError(f"file '{file.name}'", f"is not valid TOML: {error}", "Repair the file at that place.")


def _ref(version: Traversable, *, shipped: bool) -> PackRef:
    """A version says in pack.toml who it is and when it holds; reading that much is enough to list it."""
    file = version / "pack.toml"
    content, error = _toml(file) if file.is_file() else ({}, _misses(version, "pack.toml", "Add the file with [pack]."))
    head = content.get("pack")
    head = head if isinstance(head, Mapping) else {}
    id, valid_from, valid_to = (head.get(key) for key in ("id", "valid_from", "valid_to"))
    if not error and not (isinstance(id, str) and type(valid_from) is date):
        error = _misses(version, "id and valid_from in [pack]", 'Write id = "…" and valid_from = 2021-01-31.')
    if error:
        raise PolicyErrors([error])
    return PackRef(id, valid_from, valid_to if type(valid_to) is date else None, shipped, version)


def _misses(version: Traversable, what: str, way_out: str) -> PolicyError:
    return PolicyError(f"pack folder '{version.name}'", f"misses {what}", way_out)


def _name(tables: Mapping[str, object], folder: Traversable) -> str:
    head = tables.get("pack")
    head = head if isinstance(head, Mapping) else {}
    return f"{head.get('id', folder.name)} {head.get('valid_from', '')}".strip()


def _refuse_overlap(refs: list[PackRef]) -> None:
    errors = [
        PolicyError(
            f"policy '{one.id}'",
            f"the versions of {one.valid_from} and {other.valid_from} are valid on the same day",
            "Give the older one a valid_to before the newer one begins, or another id.",
        )
        for one, other in combinations(refs, 2)
        if one.id == other.id and overlap((one.valid_from, one.valid_to), (other.valid_from, other.valid_to))
    ]
    if errors:
        raise PolicyErrors(errors)
