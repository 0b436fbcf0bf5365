"""What becomes of a file that arrives: nothing, at every page but one; there it is held in memory, within its limits.

The framework would write a large file to a temporary folder in the clear. No handler here knows a disk.
"""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, StopUpload
from django.http import HttpRequest

MEBIBYTE = 1024 * 1024
LARGEST_FILE = 10 * MEBIBYTE
LARGEST_REQUEST = LARGEST_FILE + 512 * 1024  # the file, its envelope and the other fields
DRAINED = 40 * MEBIBYTE  # so much of a refused file is read and dropped, so that the browser hears why
_PIECE = 64 * 1024


class NoFileHere(FileUploadHandler):
    """For every form: what is larger than a form is refused before it is read, and a file is dropped as it comes."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > self.request_limit:
            raise RequestDataTooBig("this form takes no file")

    request_limit = 512 * 1024

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class OneFile(FileUploadHandler):
    """For the page that takes a file. Holds one, up to its limit; `refused` says "large" or "many" instead of a file."""

    def __init__(self, request: HttpRequest | None = None):
        super().__init__(request)
        self.name, self.content, self.refused = "", bytearray(), ""
        self._seen = 0

    def new_file(self, field_name, file_name, content_type, content_length, charset=None, content_type_extra=None):
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        self._seen += 1
        if self._seen > 1 or field_name != "file":
            self._refuse("many")
            raise StopUpload(connection_reset=False)
        self.name = file_name
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not self.refused and len(self.content) + len(raw_data) > LARGEST_FILE:
            self._refuse("large")
        if not self.refused:
            self.content += raw_data

    def file_complete(self, file_size: int) -> None:
        return None  # the bytes stay here: nothing reaches `request.FILES`

    def upload_interrupted(self) -> None:
        self._refuse("broken")

    def _refuse(self, why: str) -> None:
        self.refused = self.refused or why
        self.content = bytearray()


def too_large(request: HttpRequest) -> bool:
    """Is it larger than any file with its form may be? Asked before anything is read."""
    return _length(request) > LARGEST_REQUEST


def drop_body(request: HttpRequest) -> None:
    """Read what was sent and keep nothing, up to a limit: who sends more is cut off."""
    left = min(_length(request), DRAINED)
    while left > 0 and (piece := request.read(min(_PIECE, left))):
        left -= len(piece)


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() else 0
