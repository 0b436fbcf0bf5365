"""A table as CSV that a spreadsheet reads as text, whatever stands in it."""

import csv
import io
import re
from collections.abc import Iterable

# What a spreadsheet may take for a formula, also behind white space or a control character.
FORMULA = re.compile(r"^[\s\x00-\x1f\x7f\u200b\ufeff]*[=+\-@|%]|^[\t\r\n]")


def as_csv(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe(cell) for cell in columns])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe(cell: str) -> str:
    """With a quote before what would be calculated; NUL, which no spreadsheet reads, is left out."""
    text = str(cell).replace("\x00", "")
    return f"'{text}" if FORMULA.match(text) else text
