"""The rows of the work list are written out without a template: what they are handed is escaped all the same."""

from datetime import UTC, datetime, timedelta

from meldroute.web.pages.work_list import Row
from meldroute.web.templatetags.meldroute import drawn_clock
from meldroute.web.templatetags.work_list import work_rows

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BAD = '<script>"x"&</script>'


def test_no_text_of_a_row_or_a_column_becomes_markup():
    row = Row(reference=BAD, url=f"/{BAD}/", danger=True, danger_words=BAD, minor=BAD, state=BAD, next=BAD, forms=BAD,
              due_at=NOW + timedelta(hours=3), standing="soon")
    drawn = work_rows([row], NOW, BAD, BAD, BAD, BAD)
    assert "<script" not in drawn
    assert drawn.count("&lt;script&gt;&quot;x&quot;&amp;&lt;/script&gt;") >= 11


def test_no_text_of_a_clock_becomes_markup():
    assert "<script" not in drawn_clock(NOW, "late", words=BAD, what=BAD, now=NOW)
