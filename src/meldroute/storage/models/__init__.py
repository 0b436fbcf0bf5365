"""The tables, one module per subject."""

from .accounts import Absence, Membership, MunicipalitySettings, Organisation, User
from .attachments import Attachment, AttachmentKey, AttachmentPart
from .clocks import Clock
from .drafts import Draft
from .history import ChainHead, HistoryEntry
from .installation import Installation, PackVersion
from .messages import Message
from .referrals import Answer, Contact, Disclosure, PartnerLink, Referral
from .signals import Enrichment, ReporterFeedback, Signal, SignalKey

__all__ = [
    "Absence", "Answer", "Attachment", "AttachmentKey", "AttachmentPart", "ChainHead", "Clock", "Contact",
    "Disclosure", "Draft", "Enrichment", "HistoryEntry", "Installation", "Membership", "Message",
    "MunicipalitySettings", "Organisation", "PackVersion", "PartnerLink", "Referral", "ReporterFeedback", "Signal",
    "SignalKey", "User",
]
