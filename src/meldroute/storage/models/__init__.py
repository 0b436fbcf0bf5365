"""The tables, one module per subject."""

from .access import EmergencyReading, NamedReader, UnusualReading
from .accounts import Absence, Membership, MunicipalitySettings, Organisation, User
from .attachments import Attachment, AttachmentKey, AttachmentPart
from .audit import Digest, ProcessingRecord, ProcessingWatermark
from .clocks import Clock
from .drafts import Draft
from .history import ChainHead, HistoryEntry
from .installation import Installation, PackVersion
from .keeping import DpiaAdoption, KeptCopy, KeyDestruction
from .messages import Message
from .outside import OutsideWord
from .referrals import Answer, Contact, Disclosure, PartnerLink, Referral
from .retention import Destruction, DestructionItem, KeptSignal, NoLongerKept, RetentionHold, SurvivingCount
from .sign_in import AccessReview, BrowserSession, Invitation, SignOn
from .signals import Enrichment, ReporterFeedback, Signal, SignalKey
from .subject_requests import SubjectRequest, SubjectRequestKey

__all__ = [
    "Absence", "AccessReview", "Answer", "Attachment", "AttachmentKey", "AttachmentPart", "BrowserSession",
    "ChainHead", "Clock", "Contact", "Destruction", "DestructionItem", "Digest", "Disclosure", "DpiaAdoption",
    "Draft", "EmergencyReading", "Enrichment", "HistoryEntry", "Installation", "Invitation", "KeptCopy",
    "KeptSignal", "KeyDestruction", "Membership", "Message", "MunicipalitySettings", "NamedReader", "NoLongerKept",
    "Organisation", "OutsideWord", "PackVersion", "PartnerLink", "ProcessingRecord", "ProcessingWatermark",
    "Referral", "ReporterFeedback", "RetentionHold", "SignOn", "Signal", "SignalKey", "SubjectRequest",
    "SubjectRequestKey", "SurvivingCount", "UnusualReading", "User",
]
