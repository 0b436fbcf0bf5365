"""A cell that no spreadsheet program takes for a formula: names come from people, and people can be unkind."""

import unicodedata

_STARTS = ("=", "+", "-", "@", "|", "%")


def safe_cell(value: str) -> str:
    """The same words, on one line; an apostrophe before what a program would calculate.

    White space and marks that nobody sees before the sign are no way round it, nor is a full-width sign.
    """
    line = "".join(" " if unicodedata.category(mark)[0] in "CZ" else mark for mark in value)
    seen = unicodedata.normalize("NFKC", line).strip()
    return f"'{line}" if seen.startswith(_STARTS) else line
