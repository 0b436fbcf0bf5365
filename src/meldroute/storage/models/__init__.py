"""The tables, one module per subject."""

from .accounts import Absence, Membership, MunicipalitySettings, Organisation, User
from .clocks import Clock
from .drafts import Draft
from .history import ChainHead, HistoryEntry
from .installation import Installation, PackVersion
from .messages import Message
from .referrals import Answer, Contact, Disclosure, PartnerLink, Referral
from .retention import Destruction, DestructionItem, KeptSignal, NoLongerKept, RetentionHold, SurvivingCount
from .signals import Enrichment, ReporterFeedback, Signal, SignalKey

__all__ = [
    "Absence", "Answer", "ChainHead", "Clock", "Contact", "Destruction", "DestructionItem", "Disclosure", "Draft",
    "Enrichment", "HistoryEntry", "Installation", "KeptSignal", "Membership", "Message", "MunicipalitySettings",
    "NoLongerKept", "Organisation", "PackVersion", "PartnerLink", "Referral", "ReporterFeedback", "RetentionHold",
    "Signal", "SignalKey", "SurvivingCount", "User",
]
