"""Certificate of destruction as an accessible PDF: what kind, how many, under which term and who agreed. Nobody's data."""

from importlib.resources import files
from uuid import UUID

import typst
from django.utils.translation import get_language, gettext

TEMPLATE = files("meldroute.web") / "documents" / "certificate.typ"


def certificate_pdf(id: UUID, facts: list[tuple[str, str]]) -> bytes:
    """PDF/UA-1. Values reach the template as data, so that nothing in them is read as its language."""
    told = {f"label{n}": label for n, (label, _) in enumerate(facts)} | {
        f"value{n}": value for n, (_, value) in enumerate(facts)}
    return typst.compile(
        TEMPLATE.read_bytes(), format="pdf", pdf_standards="ua-1", ignore_system_fonts=True,
        sys_inputs=told | {
            "language": get_language(), "count": str(len(facts)), "number": str(id),
            "heading": gettext("Certificate of destruction"),
            "note": gettext("This certificate names no signal and nobody whom a signal was about. It is kept for good."),
        })
