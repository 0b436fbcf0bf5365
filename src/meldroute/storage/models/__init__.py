"""The tables, one module per subject."""

from .accounts import Absence, Membership, MunicipalitySettings, Organisation, User
from .clocks import Clock
from .drafts import Draft
from .history import ChainHead, HistoryEntry
from .installation import Installation, PackVersion
from .keeping import DpiaAdoption, KeptCopy, KeyDestruction
from .messages import Message
from .referrals import Answer, Contact, Disclosure, PartnerLink, Referral
from .signals import Enrichment, ReporterFeedback, Signal, SignalKey

__all__ = [
    "Absence", "Answer", "ChainHead", "Clock", "Contact", "Disclosure", "DpiaAdoption", "Draft", "Enrichment",
    "HistoryEntry", "Installation", "KeptCopy", "KeyDestruction", "Membership", "Message", "MunicipalitySettings",
    "Organisation", "PackVersion", "PartnerLink", "Referral", "ReporterFeedback", "Signal", "SignalKey", "User",
]
