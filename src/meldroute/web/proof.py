"""Proof of report as an accessible PDF: that something was reported, when and where. Never what, by whom or about whom."""

from importlib.resources import files

import typst
from django.utils.translation import get_language, gettext

from meldroute.services.my_reports import ProofCard
from meldroute.web.times import exact_text

TEMPLATE = files("meldroute.web") / "documents" / "proof.typ"


def proof_pdf(card: ProofCard) -> bytes:
    """PDF/UA-1. Values reach the template as data, so that nothing in them is read as its language."""
    return typst.compile(
        TEMPLATE.read_bytes(), format="pdf", pdf_standards="ua-1", ignore_system_fonts=True,
        sys_inputs={
            "language": get_language(), "heading": gettext("Proof of report"), "reference": card.reference,
            "reference_label": gettext("Reference"), "at_label": gettext("Received"), "at": exact_text(card.received_at),
            "where_label": gettext("By"), "where": card.municipality,
            "note": gettext("This proof says that a report was received. It does not say what was reported, who "
                            "reported it or whom it is about."),
        })
