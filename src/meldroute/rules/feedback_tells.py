"""Words by which a reporter would learn what partners do or what was judged: a warning, never a refusal."""

import re
from collections.abc import Iterable

_TELLING = re.compile(
    r"\b(onderzoek\w*|investigat\w*|politie|police|officier|rechter|aangehouden|arrest\w*|verdacht\w*|suspect\w*|"
    r"vaag|vague|geen mensenhandel|no trafficking|slachtoffer\w*|victim\w*|inspectie|inval)\b", re.IGNORECASE,
)


def telling_words(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """`names`: of partners whose mere mention says that something is investigated."""
    named = [name for name in names if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)]
    return tuple(dict.fromkeys(word.lower() for word in (*_TELLING.findall(text), *named)))
