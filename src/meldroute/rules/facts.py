"""What the rules may know about a signal. Nothing else reaches them: no name, no narrative."""

from dataclasses import dataclass, field, replace

OPEN_REFERRAL = frozenset({"open", "received", "taken_up", "need_more"})
ANSWERED_REFERRAL = frozenset({"result", "feedback", "no_feedback", "not_for_us"})
JUDGED_REFERRAL = frozenset({"result", "feedback"})
FAILED_REFERRAL = frozenset({"failed", "withdrawn"})


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """One request to one partner. `purpose` is "advice" or "referral"."""

    partner: str
    purpose: str
    status: str

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_REFERRAL

    @property
    def is_answered(self) -> bool:
        return self.status in ANSWERED_REFERRAL

    @property
    def was_heard(self) -> bool:
        """The partner knows: the request was neither lost on its way nor taken back."""
        return self.is_open or self.is_answered

    @property
    def has_judged(self) -> bool:
        """The partner said something about the signal; "not for us" and "no feedback possible now" do not."""
        return self.status in JUDGED_REFERRAL


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """One signal as the rules see it. `state` is a state id of the signal's own pack version."""

    state: str
    about: str = "person"  # "person", "place" or "both"
    danger: bool = False
    call_again: bool = False  # danger came up after the last talk with the urgent partner, who does not know of it
    minor: bool | None = None  # None: nobody knows yet, which is not "no"
    confidential: bool = False  # about a colleague, a member of the board or the focal point
    bundled: bool = False
    lead_done: bool = False  # the signal that leads it reports back or is closed
    forms: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()  # enrichment items with a recorded outcome
    contacts: frozenset[str] = frozenset()  # partners somebody spoke to
    attempts: frozenset[str] = frozenset()  # partners that could not be reached, with a reason
    skipped: frozenset[str] = frozenset()  # partners passed over, with a reason
    excluded: frozenset[str] = frozenset()  # partners with whom this signal is not shared, with a reason
    referrals: tuple[ReferralFacts, ...] = field(default=())
    conclusion: str | None = None  # of the experts: one of `acts.CONCLUSIONS`
    loops: int = 0  # how often the experts asked for more information
    feedback: str = "none"  # to the reporter: "none", "given" or "reasoned" (a reason was recorded)

    def with_(self, **changes: object) -> "SignalFacts":
        return replace(self, **changes)

    @property
    def advice(self) -> tuple[ReferralFacts, ...]:
        return tuple(r for r in self.referrals if r.purpose == "advice")

    @property
    def passed_on(self) -> tuple[ReferralFacts, ...]:
        return tuple(r for r in self.referrals if r.purpose == "referral")
