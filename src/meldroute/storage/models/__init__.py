"""The tables, one module per subject."""

from .accounts import Absence, Membership, MunicipalitySettings, Organisation, User
from .clocks import Clock
from .drafts import Draft
from .history import ChainHead, HistoryEntry
from .installation import Installation, PackVersion
from .messages import Message
from .referrals import Answer, Contact, Disclosure, PartnerLink, Referral
from .sign_in import AccessReview, BrowserSession, Invitation, SignOn
from .signals import Enrichment, ReporterFeedback, Signal, SignalKey

__all__ = [
    "Absence", "AccessReview", "Answer", "BrowserSession", "ChainHead", "Clock", "Contact", "Disclosure", "Draft",
    "Enrichment", "HistoryEntry", "Installation", "Invitation", "Membership", "Message", "MunicipalitySettings",
    "Organisation", "PackVersion", "PartnerLink", "Referral", "ReporterFeedback", "SignOn", "Signal", "SignalKey",
    "User",
]
