"""The tables, one module per subject."""

from .access import EmergencyReading, NamedReader, UnusualReading
from .accounts import Absence, Membership, MunicipalitySettings, Organisation, User
from .clocks import Clock
from .drafts import Draft
from .history import ChainHead, HistoryEntry
from .installation import Installation, PackVersion
from .messages import Message
from .referrals import Answer, Contact, Disclosure, PartnerLink, Referral
from .signals import Enrichment, ReporterFeedback, Signal, SignalKey

__all__ = [
    "Absence", "Answer", "ChainHead", "Clock", "Contact", "Disclosure", "Draft", "EmergencyReading",
    "Enrichment", "HistoryEntry", "Installation", "Membership", "Message", "MunicipalitySettings", "NamedReader",
    "Organisation", "PackVersion", "PartnerLink", "Referral", "ReporterFeedback", "Signal", "SignalKey",
    "UnusualReading", "User",
]
