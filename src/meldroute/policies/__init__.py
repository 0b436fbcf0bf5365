"""Room: policies. Keeps a region's policy as dated data.

In:   pack folders (TOML), each entry with its source.
Out:  a checked policy for the rules; a broken one is refused with place, cause and way out.
Door: imports rules only.
"""

from .canonical import canonical_json, content_hash, parse_canonical
from .cases import Case, cases
from .loader import LoadedPack, PackRef, Statement, UnknownPack, available_packs, load_pack, read_pack, statements

__all__ = [
    "Case", "LoadedPack", "PackRef", "Statement", "UnknownPack", "available_packs", "canonical_json", "cases",
    "content_hash",
    "load_pack", "parse_canonical", "read_pack", "statements",
]  # fmt: skip
