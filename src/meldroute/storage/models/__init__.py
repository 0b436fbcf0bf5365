"""The tables, one module per subject."""

from .accounts import Absence, Membership, MunicipalitySettings, Organisation, User
from .audit import Digest, ProcessingRecord, ProcessingWatermark
from .clocks import Clock
from .drafts import Draft
from .history import ChainHead, HistoryEntry
from .installation import Installation, PackVersion
from .keeping import DpiaAdoption, KeptCopy, KeyDestruction
from .messages import Message
from .outside import OutsideWord
from .referrals import Answer, Contact, Disclosure, PartnerLink, Referral
from .signals import Enrichment, ReporterFeedback, Signal, SignalKey
from .subject_requests import SubjectRequest, SubjectRequestKey

__all__ = [
    "Absence", "Answer", "ChainHead", "Clock", "Contact", "Digest", "Disclosure", "DpiaAdoption", "Draft",
    "Enrichment", "HistoryEntry", "Installation", "KeptCopy", "KeyDestruction", "Membership", "Message",
    "MunicipalitySettings", "Organisation", "OutsideWord", "PackVersion", "PartnerLink", "ProcessingRecord",
    "ProcessingWatermark", "Referral", "ReporterFeedback", "Signal", "SignalKey", "SubjectRequest",
    "SubjectRequestKey", "User",
]
