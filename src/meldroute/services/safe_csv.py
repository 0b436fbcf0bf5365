"""Rows as CSV that a spreadsheet only reads, and never runs."""

import csv
import io
from collections.abc import Iterable

STARTERS = ("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide ones count too


def csv_line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def safe_cell(value: object) -> str:
    """As text. What a spreadsheet could take for a formula, also behind white space or control marks, gets an
    apostrophe before it; control marks go, line ends become spaces."""
    text = "" if value is None else str(value)
    text = "".join(" " if mark in "\r\n\t\v\f\x85\u2028\u2029" else mark for mark in text
                   if mark.isprintable() or mark in "\r\n\t\v\f\x85\u2028\u2029")
    return f"'{text}" if text.lstrip().startswith(STARTERS) else text
