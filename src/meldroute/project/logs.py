"""What may stand in a log: where and what kind, never what somebody wrote or which address they asked for."""

import logging
import traceback
from pathlib import Path


class NoPaths(logging.Filter):
    """Django's request messages carry the path, and a path may carry a token. Only the outcome stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.request", "django.security", "django.server")):
            status = getattr(record, "status_code", None)
            record.msg = f"answered {status}" if status else "refused a request"
            record.args = ()
        return True


class QuietHandler(logging.StreamHandler):
    """To stderr. A line that cannot be written is lost, and says nothing: the standard way prints the error's own text."""

    def handleError(self, record: logging.LogRecord) -> None:
        return


class QuietFormatter(logging.Formatter):
    """One line, and of an error its kind and place. The text of an error may quote what a person wrote."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatException(self, ei) -> str:
        kind, _, trace = ei
        frames = [frame for frame in traceback.extract_tb(trace) if not frame.filename.startswith("<")][-6:]
        places = " <- ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
        return f"  {kind.__name__} at {places}"

    def formatStack(self, stack_info: str) -> str:
        return ""
