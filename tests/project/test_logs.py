"""A log says that and where, never what somebody wrote or which address they asked for."""

import io
import logging

import pytest
from django.conf import settings
from django.http import HttpResponseNotFound, HttpResponseServerError
from django.utils.log import log_response

from meldroute.project.logs import NoPaths, QuietFormatter, QuietHandler


@pytest.fixture
def log():
    """What reaches stderr, through the filter and formatter of the settings."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(NoPaths())
    handler.setFormatter(QuietFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def test_these_are_the_filter_and_formatter_in_use():
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["no_paths"]
    assert settings.LOGGING["filters"]["no_paths"]["()"] == f"{NoPaths.__module__}.{NoPaths.__name__}"
    assert settings.LOGGING["formatters"]["quiet"]["()"] == f"{QuietFormatter.__module__}.{QuietFormatter.__name__}"


def test_a_line_that_cannot_be_written_is_lost_in_silence(capsys):
    """A full disk behind stderr: Python's own handler would print the error it was told about, with its words."""
    gone = io.StringIO()
    gone.close()
    root, handler = logging.getLogger(), QuietHandler(gone)
    assert settings.LOGGING["handlers"]["stderr"]["()"] == f"{QuietHandler.__module__}.{QuietHandler.__name__}"
    root.addHandler(handler)
    try:
        raise ValueError("Anna de Wit, Dorpsstraat 1")
    except ValueError:
        logging.getLogger("meldroute").exception("reading failed")
    finally:
        root.removeHandler(handler)
    assert "Anna" not in "".join(capsys.readouterr())


def test_a_path_with_a_token_is_not_logged(log, rf):
    request = rf.get("/answer/a-secret-token/")
    log_response("%s: %s", "Not Found", request.path, request=request, response=HttpResponseNotFound())
    assert "answered 404" in log.getvalue()
    assert "secret-token" not in log.getvalue()


def test_the_text_of_an_error_is_not_logged_but_its_place_is(log):
    try:
        raise ValueError("Anna de Wit, Dorpsstraat 1")
    except ValueError:
        logging.getLogger("meldroute").exception("reading failed")
    assert "reading failed" in log.getvalue()
    assert "ValueError at test_logs.py:" in log.getvalue()
    assert "Anna" not in log.getvalue()


def test_an_error_in_a_page_is_logged_without_what_was_sent(log, rf):
    request = rf.post("/report/", {"narrative": "a woman at the counter"})
    try:
        raise RuntimeError("a woman at the counter")
    except RuntimeError as error:
        answer = HttpResponseServerError()
        log_response("%s: %s", "Server Error", request.path, request=request, response=answer, exception=error)
    assert "answered 500" in log.getvalue()
    assert "RuntimeError at" in log.getvalue()
    assert "counter" not in log.getvalue()
    assert "/report/" not in log.getvalue()
