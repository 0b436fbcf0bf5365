"""Every address of the product. Page modules keep their own list; this file joins them."""

from importlib import import_module

from django.urls import include, path

PAGES = (
    "home", "danger", "report", "my_reports", "work_list", "signal", "shielding", "emergency_reading", "emergencies", "abandoned",
    "enrichment", "assessment", "advice", "judging",
    "attachments", "safe_contact",
    "contacts", "bundling", "referral", "moving_on", "answers", "partner_link", "disclosures", "feedback", "notifications",
    "settings", "people", "chain", "flow", "reference_pages", "outside", "reporter_words", "holding", "oversight",
    "subject_requests", "keeping", "retention", "papers", "access_review",
)


def _present(name: str) -> bool:
    try:
        import_module(f"meldroute.web.pages.{name}")
    except ModuleNotFoundError as missing:
        if missing.name != f"meldroute.web.pages.{name}":
            raise
        return False
    return True


urlpatterns = [
    path("account/", include("meldroute.web.accounts.urls")),
    path("taal/", include("django.conf.urls.i18n")),
    *(path("", include(f"meldroute.web.pages.{name}")) for name in PAGES if _present(name)),
]
