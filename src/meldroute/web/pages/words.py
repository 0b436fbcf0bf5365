"""Words for values that the program owns. What the policy owns says itself, in the pack's words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

ROLES = {
    "reporter": _("reporter"),
    "focal_point": _("focal point"),
    "buddy": _("buddy"),
    "designated": _("designated person"),
    "partner": _("partner"),
    "care_coordinator": _("care coordinator"),
    "chain_director": _("chain director"),
    "functional_manager": _("functional manager"),
    "privacy_officer": _("privacy officer"),
}
VERDICTS = {"fine": _("looked at, fine"), "not_fine": _("looked at, not fine")}
GROUPS = {
    "yours": _("waits for you"),
    "new": _("new"),
    "answered": _("answered"),
    "promised": _("feedback promised"),
    "today": _("to call today"),
    "others": _("waits for others"),
    "bundled": _("bundled"),
    "late": _("late"),
    "done": _("closed this week"),
    "held": _("set aside, look first"),
    "spam": _("put aside as no report"),
}
MINOR = {True: _("yes"), False: _("no"), None: _("unknown")}
ABOUT = {"person": _("somebody"), "place": _("a place"), "both": _("somebody and a place")}
CHANNELS = {"form": _("by the form"), "phone": _("by phone"), "desk": _("at the desk"), "link": _("by link and code"),
            "account": _("by account"), "email": _("by e-mail"), "meeting": _("in a meeting"),
            "public": _("by the page for citizens")}
OUTCOMES = {"found": _("found"), "nothing": _("looked up, nothing found"), "impossible": _("could not be looked up")}
STRENGTHS = {"strong": _("strong"), "medium": _("medium"), "weak": _("weak"), "context": _("context"),
             "counter": _("points the other way; never subtracts"), "none": _("no strength given")}
REFERRAL = {
    "open": _("sent, no answer yet"),
    "received": _("received"),
    "taken_up": _("taken up"),
    "not_for_us": _("not for us"),
    "need_more": _("needs more information"),
    "result": _("result"),
    "feedback": _("feedback given"),
    "no_feedback": _("no feedback possible now"),
    "failed": _("no answer came"),
    "withdrawn": _("withdrawn"),
    "skipped": _("skipped, with a reason"),
}
ACTS = {
    "signal.received": _("Signal received"),
    "reporter.asked": _("Question to the reporter"),
    "reporter.wrote": _("The reporter wrote something"),
    "held.released": _("Let in: not set aside any more"),
    "held.spam": _("Put aside as no report, with a reason"),
    "signal.assessed": _("What was noticed, in the focal point's words"),
    "signal.minor": _("Age looked at again"),
    "signal.danger": _("Danger looked at again"),
    "signal.closed": _("Closing reason recorded"),
    "signal.shielded": _("Shielded: only named people read it"),
    "signal.unshielded": _("No longer shielded"),
    "signal.named_again": _("The designated person named who reads it now"),
    "emergency.opened": _("Opened in an emergency by somebody else"),
    "emergency.reviewed": _("The privacy officer looked at that emergency"),
    "step.take_up": _("Taken up"),
    "step.enrich": _("Fact added"),
    "step.record_contact": _("Contact recorded"),
    "step.ask_advice": _("Advice asked"),
    "step.ask_more_advice": _("Another expert asked"),
    "step.conclude": _("Conclusion of the experts recorded"),
    "step.judge_clear": _("Judged clear"),
    "step.refer": _("Passed on"),
    "step.skip_referral": _("Partner skipped"),
    "step.complete_referrals": _("All partners know"),
    "step.settle": _("Every partner answered"),
    "step.give_feedback": _("Feedback to the reporter"),
    "step.withhold_feedback": _("Recorded why feedback is not possible"),
    "step.close": _("Closed"),
    "bundle.joined": _("Another signal follows this one"),
    "bundle.left": _("A signal that followed was taken out"),
    "step.bundle": _("Bundled"),
    "step.unbundle": _("Taken out of the bundle"),
    "step.follow_lead": _("The leading signal is done"),
    "advice.asked": _("Experts chosen"),
    "advice.concluded": _("Whose conclusion it is"),
    "answer.received": _("A partner answered"),
    "disclosure.given": _("Text given, and frozen"),
    "disclosure.override": _("Given without a confirmed legal basis: emergency"),
    "disclosure.withdrawn": _("What was given was withdrawn"),
    "referral.opened": _("Request opened"),
    "referral.skipped": _("Partner skipped"),
    "referral.failed": _("Request set aside: it never arrived"),
    "referral.withdrawn": _("Request withdrawn"),
    "safe_contact.changed": _("Safe contact agreed"),
    "message.held": _("Notice to the reporter held: contact them in the agreed way"),
    "reporter.told": _("Reporter reached in the agreed way"),
    "attachment.added": _("Document added"),
    "attachment.hidden": _("Document hidden from everybody"),
    "attachment.destroyed": _("Hidden document destroyed, on the word of the police"),
    "partner.excluded": _("Not to be shared with a partner"),
    "partner.admitted": _("May be shared with a partner again"),
    "link.issued": _("Link and code made"),
    "link.wrong_code": _("A wrong code was typed"),
    "link.blocked": _("Link blocked after five wrong codes"),
    "message.sent": _("Notice sent"),
    "clock.reminded": _("Reminder"),
    "clock.escalated": _("Escalated"),
    "clock.late": _("Term passed: focal point and buddy told"),
    "clock.repeated": _("Reminded again: still late"),
    "message.failing": _("Notice could not be sent yet"),
    "message.refused": _("Notice could not be sent: the mail address is wrong"),
    "retention.warned": _("Owner warned that the term ends"),
    "retention.listed": _("Put on a list: the term ended"),
    "retention.held": _("Held: may not be destroyed yet"),
    "retention.lifted": _("Hold lifted"),
    "retention.extended": _("Kept once more: too little is known yet"),
}
MEANWHILE = {"nothing": _("nothing for now"), "something": _("something"), "not_asked": _("not asked")}
CONTACT_PARTS = {"whom": _("spoken to"), "reference": _("their reference"), "agreements": _("agreed"),
                 "outcome": _("outcome"), "reason": _("reason"), "meanwhile": _("what the municipality may do"),
                 "meanwhile_text": _("in their words")}


KEPT_OUTCOMES = {
    "acted": _("a partner acted on it"),
    "not_taken_up": _("discussed, not taken up"),
    "too_little": _("too little is known"),
    "no_trafficking": _("no trafficking"),
    "other_phenomenon": _("another phenomenon"),
}
STANDINGS = {
    "open": _("open"),
    "unknown": _("term unknown"),
    "held": _("held"),
    "leads": _("waits for signals that follow it"),
    "runs": _("term runs"),
    "warn": _("ends within a month"),
    "waits": _("ends within a month"),
    "ripe": _("term has ended"),
}
HOLD_REASONS = {
    "procedure": _("A procedure runs in which it may be needed"),
    "request": _("Somebody asked about their own data"),
    "complaint": _("A complaint or objection is being handled"),
    "again": _("There is a new signal about the same matter"),
    "other": _("Another reason"),
}


def period_words(amount: int, unit: str) -> str:
    words = {"days": ngettext("%(n)s day", "%(n)s days", amount), "months": ngettext("%(n)s month", "%(n)s months", amount),
             "years": ngettext("%(n)s year", "%(n)s years", amount)}
    return words[unit] % {"n": amount}


def role_name(role: str) -> str:
    return str(ROLES.get(role, role))
