"""The closed lists that every policy pack chooses from.

A pack names states, steps, their order, roles, clocks and guards. What a state is for (`kind`), what a
step does (`act`) and what can hold a step back (guards, in `guards.py`) is the program's.
"""

STATE_KINDS = {
    "entry": "a signal arrives; nobody has read it yet",
    "enrich": "the focal point collects and enriches",
    "advice": "experts have been asked",
    "decide": "advice kept asking for more; the focal point must decide together with the experts",
    "pass_on": "referrals go out in the order of the route",
    "await": "partners are to answer",
    "report_back": "the reporter is to hear",
    "bundled": "another signal about the same matter leads",
    "end": "closed",
}

# Acts that keep the signal in its state say so here: a step with one of these has no `to`.
STAYING_ACTS = frozenset({"enrich", "record_contact", "refer", "skip_referral", "ask_more_advice", "give_feedback",
                          "withhold_feedback"})
MOVING_ACTS = frozenset({"take_up", "ask_advice", "conclude", "judge_clear", "complete_referrals", "settle", "close",
                         "bundle", "unbundle", "follow_lead"})
ACTS = STAYING_ACTS | MOVING_ACTS

CONCLUSIONS = ("none", "other_phenomenon", "more_information", "trafficking")
SUBJECTS = ("person", "place", "both")

ROLES = frozenset({"reporter", "focal_point", "buddy", "designated", "partner", "care_coordinator", "chain_director",
                   "functional_manager", "privacy_officer", "tick"})
DESK_ROLES = frozenset({"focal_point", "buddy", "designated"})  # who works on signals in a municipality
# Who may be held responsible for an open state; the person behind it is resolved from dated rows.
OWNERS = frozenset({"focal_point"})

STATUSES = ("policy", "stored source", "inferred", "proposal", "to be checked")

# How much a noticed thing says, in words and never as a number; "none" where the source names no such indicator.
STRENGTHS = ("strong", "medium", "weak", "context", "counter", "none")

# Kinds of personal data: ordinary, special categories (AVG art. 9), criminal offences and suspicions (AVG art. 10).
DATA_KINDS = ("ordinary", "art9", "art10")

# What a request to a partner is for.
REQUESTS = ("advice", "referral")

# What a legal basis stands on. "college": no statute was read, the municipality itself decided and answers for it.
BASIS_RESTS_ON = ("law", "agreement", "college", "consent", "vital_interest")

# What must be recorded before a signal may be closed for a reason.
CLOSING_NEEDS = ("conclusion:none", "conclusion:other_phenomenon", "taken_up", "consulted")

# What a norm of the pack is for, beside being the clock of a state. Each of these is one norm, no state's own clock.
NORM_ROLES = {
    "acknowledge": "a partner confirms that a referral arrived",
    "decide": "a partner says whether they take it up",
    "report_back": "a partner says what came of it",
    "call_again": "the urgent partner is spoken to",
    "review": "a signal that needs more information is looked at again, at the latest",
}

# When a screen shows a line of the pack. Several lines may share a moment; a line may serve several.
ADVICE_MOMENTS = {
    "danger": "on the public page for danger now",
    "report_enough": "at the question what was noticed",
    "report_name": "at the question whether partners may hear the reporter's name: what a reporter fears",
    "report_care": "at the question whether it is known from work as a care provider",
    "report_colleague": "at the question whether it is about a colleague",
    "report_careful": "before and after reporting: what not to do",
    "report_route": "beside the report: where it goes and who reads it",
    "report_heard": "on the receipt: what the reporter will hear",
    "report_minor": "on the receipt of a report about somebody younger than 18",
    "my_reports": "above a reporter's own reports",
    "enrich": "above the checklist",
    "ask_advice": "where experts are asked",
    "contact": "where a talk with a partner is recorded",
    "conclude": "where the conclusion of the experts is recorded",
    "agreement": "where a partner is told something that needs the person's agreement",
    "feedback": "where the focal point tells the reporter something",
    "minor": "for the focal point, when somebody is (perhaps) younger than 18",
    "minor_unknown": "for the focal point, when nobody knows",
    "focal_point": "on the page about the focal point's task",
}
# Without these a screen would keep silent where somebody can come to harm.
REQUIRED_MOMENTS = ("danger", "report_name", "report_care", "report_colleague", "report_careful", "report_minor", "minor",
                    "minor_unknown")  # fmt: skip
