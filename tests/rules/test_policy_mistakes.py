"""A broken pack is refused aloud: each case breaks one thing and reads as the message it gets."""

from datetime import date

import pytest

from meldroute.rules.policy_parse import PolicyErrors, parse_policy
from tests.rules.breaking import PLACE, again, broken, findings, without
from tests.rules.smallest_pack import smallest_tables

CASES = {
    "unknown guard": (
        broken("steps", 1, "guards", ["feedback_setled"]),
        f"{PLACE}, step 'sluit': unknown guard feedback_setled. Did you mean feedback_settled? Use ",
    ),
    "unknown act": (broken("steps", 0, "act", "fly"), f"{PLACE}, step 'koppel-terug': unknown act fly. Use ask_advice"),
    "unknown role": (
        broken("steps", 0, "by", ["mayor"]),
        f"{PLACE}, step 'koppel-terug': unknown role mayor. Use buddy, ",
    ),
    "unknown kind of state": (broken("states", 0, "kind", "start"), f"{PLACE}, state 'nieuw': unknown kind start."),
    "unknown owner": (
        broken("states", 0, "owner", "somebody"),
        f"{PLACE}, state 'nieuw': unknown owner somebody. Use focal_point.",
    ),
    "unknown status": (
        broken("forms", 0, "status", "proposed"),
        f"{PLACE}, form 'SU': unknown status proposed. Did you mean proposal? Use inferred, policy, proposal, ",
    ),
    "unknown conclusion": (
        broken("steps", 2, "conclusion", "perhaps"),
        f"{PLACE}, step 'concludeer': unknown conclusion perhaps. Use more_information, none, other_phenomenon or traffic",
    ),
    "unknown subject": (broken("entries", 0, "about", ["person", "place", "both", "car"]), f"{PLACE}, entry 1: unknown subject car."),
    "unknown unit": (broken("norms", 0, "unit", "weeks"), f"{PLACE}, norm 'lezen': unknown unit weeks. Use days, hours, "),
    "unknown kind of data": (
        broken("legal_bases", 0, "kinds", ["art6"]),
        f"{PLACE}, legal basis 'taak': unknown kind of data art6. Did you mean art9? Use art10, art9 or ordinary.",
    ),
    "unknown closing need": (
        broken("closing_reasons", 0, "needs", "nothing"),
        f"{PLACE}, closing reason 'besproken': unknown needs nothing. Use conclusion:none, ",
    ),
    "unknown strength": (
        broken("indicators", 0, "strength_child", "95%"),
        f"{PLACE}, indicator 'MOE': unknown strength 95%. Use context, counter, medium, none, strong or weak.",
    ),
    "missing source": (without("forms", 0, "source"), f"{PLACE}, form 'SU': misses source. Add source."),
    "empty source": (broken("forms", 0, "source", "  "), f"{PLACE}, form 'SU': source is no text. Write source = "),
    "missing list": (without("forms"), f"{PLACE}: misses forms. Add forms."),
    "missing head": (without("pack"), f"{PLACE}: misses pack. Add pack."),
    "empty list": (broken("closing_reasons", []), f"{PLACE}: closing_reasons is empty. Add at least one closing reason."),
    "a table for a list": (broken("norms", {"id": "x"}), f"{PLACE}: norms is no list. Write [[norms]] above each norm."),
    "a word for a table": (broken("norms", ["lezen"]), f"{PLACE}, norm 1: is not a table. Write it as "),
    "misspelt key": (
        broken("steps", 0, "gaurds", []),
        f"{PLACE}, step 'koppel-terug': unknown key gaurds. Did you mean guards? Use ",
    ),
    "unknown list": (broken("stats", []), f"{PLACE}: unknown key stats. Did you mean states? Use "),
    "misspelt language": (
        broken("forms", 0, "label", {"nl": "x", "eng": "x"}),
        f"{PLACE}, form 'SU', label: unknown key eng. Did you mean en? Use en or nl.",
    ),
    "no Dutch": (broken("forms", 0, "label", {"en": "x"}), f"{PLACE}, form 'SU', label: misses nl. Add nl."),
    "an id twice": (again("forms", 0), f"{PLACE}, form 'SU': id is used 2 times. Give each form its own id."),
    "two routes for a form": (again("routes", 0), f"{PLACE}, route 'SU': form is used 2 times. Give each route its own form."),
    "state that is not there": (
        broken("steps", 1, "to", "klar"),
        f"{PLACE}, step 'sluit': unknown state klar. Did you mean klaar? Use klaar or nieuw.",
    ),
    "entry into nothing": (broken("entries", 0, "state", "weg"), f"{PLACE}, entry 1: unknown state weg. Use klaar or nieuw."),
    "clock that is not there": (
        broken("states", 0, "clock", "zien"),
        f"{PLACE}, state 'nieuw': unknown norm zien. Did you mean lezen? Use bellen, ",
    ),
    "unknown role of a norm": (
        broken("norms", 1, "for", "receive"),
        f"{PLACE}, norm 'ontvangst': unknown role of a norm receive. Did you mean review? ",
    ),
    "a role without a norm": (
        without("norms", 4, "for"),
        f'{PLACE}, norms: none is for call_again (the urgent partner is spoken to). Add for = "call_again" to one of them.',
    ),
    "two norms for one role": (
        again("norms", 5, id="nog-eens"), f'{PLACE}, norms: 2 are for review. Keep for = "review" at one.'),
    "one norm for a state and for a role": (
        broken("states", 0, "clock", "bellen"),
        f"{PLACE}, state 'nieuw': its clock bellen is for call_again already. Give the state a norm of its own",
    ),
    "unknown moment": (
        broken("advice", 0, "moments", ["dangr"]),
        f"{PLACE}, advice 'bel': unknown moment dangr. Did you mean danger? Use agreement, ",
    ),
    "a line that no screen shows": (
        without("advice", 0, "moments"), f"{PLACE}, advice 'bel': misses moments. Add moments."),
    "a moment at which nothing is said": (
        broken("advice", 0, "moments", ["report_careful"]),
        f'{PLACE}, advice: nothing is said at danger (on the public page for danger now). Add "danger" to "moments" of a line.',
    ),
    "another phenomenon without a name": (
        broken("steps", 2, "conclusion", "other_phenomenon"),
        f"{PLACE}, step 'concludeer': concludes another phenomenon, and the pack names none. Add [[phenomena]] ",
    ),
    "open state without clock": (without("states", 0, "clock"), f"{PLACE}, state 'nieuw': misses clock. Add clock."),
    "open state without owner": (without("states", 0, "owner"), f"{PLACE}, state 'nieuw': misses owner. Add owner."),
    "end with a clock": (
        broken("states", 1, "clock", "lezen"),
        f"{PLACE}, state 'klaar': is an end and has clock lezen. Leave clock out: nothing waits at an end.",
    ),
    "staying act that moves": (
        broken("steps", 0, "to", "klaar"),
        f"{PLACE}, step 'koppel-terug': act give_feedback stays where it is, yet it goes to klaar. Leave to out, or ",
    ),
    "moving act that stays": (
        without("steps", 1, "to"),
        f"{PLACE}, step 'sluit': act close moves the signal, yet there is no to. Add to with the id of the next state.",
    ),
    "conclusion without concluding": (
        broken("steps", 1, "conclusion", "none"),
        f"{PLACE}, step 'sluit': act close draws no conclusion. Leave conclusion out, or make the act conclude.",
    ),
    "guard without words": (
        broken("steps", 1, "guards", ["enriched", "feedback_settled"]),
        f"{PLACE}, step 'sluit': guard enriched has no text. Add [[guards]] with id = ",
    ),
    "nobody takes places": (
        broken("entries", 0, "about", ["person", "both"]),
        f'{PLACE}: no entry takes a signal about place. Add place to "about" of an entry.',
    ),
    "two starts for one subject": (
        again("entries", 0, state="klaar"),
        f"{PLACE}: a signal about person starts in klaar and in nieuw. Keep person in one entry.",
    ),
    "route for no form": (broken("routes", 0, "form", "XX"), f"{PLACE}, route 'XX': unknown form XX. Use SU."),
    "route to nobody": (
        broken("routes", 0, "order", [["POLITE"], ["ZORG"]]),
        f"{PLACE}, route 'SU': unknown partner POLITE. Did you mean POLITIE? Use POLITIE or ZORG.",
    ),
    "route without groups": (
        broken("routes", 0, "order", ["POLITIE", "ZORG"]),
        f'{PLACE}, route \'SU\': order is no list of groups. Write order = [["FIRST"], ["THEN", "TOGETHER"]].',
    ),
    "partner twice on a route": (
        broken("routes", 0, "order", [["POLITIE"], ["ZORG", "POLITIE"]]),
        f"{PLACE}, route 'SU': order names POLITIE twice. Leave one POLITIE out.",
    ),
    "order with oneself": (broken("orders", 0, "then", "POLITIE"), f"{PLACE}, order 1: POLITIE would come before itself."),
    "order with nobody": (
        broken("orders", 0, "first", "ARTS"),
        f"{PLACE}, order 'ARTS' before 'ZORG': unknown partner ARTS. Use POLITIE or ZORG.",
    ),
    "extra to nobody": (broken("extras", 0, "partner", "ARTS"), f"{PLACE}, extra 'extra': unknown partner ARTS."),
    "urgent partner unknown": (broken("pack", "urgent_partner", "ARTS"), f"{PLACE}: unknown urgent_partner ARTS."),
    "care partner unknown": (broken("pack", "care_partner", "ARTS"), f"{PLACE}: unknown care_partner ARTS."),
    "no care coordinator": (
        broken("municipalities", 0, "care_coordinator", "ARTS"),
        f"{PLACE}, municipality 'GM9001': unknown care coordinator ARTS. Use POLITIE or ZORG.",
    ),
    "successor that is not there": (
        broken("municipalities", 0, "successor", "GM9003"),
        f"{PLACE}, municipality 'GM9001': unknown successor GM9003. Did you mean GM9002? Use ",
    ),
    "successor of oneself": (broken("municipalities", 0, "successor", "GM9001"), f"{PLACE}, municipality 'GM9001': succeeds itself."),
    "successor without an end": (
        without("municipalities", 0, "valid_to"),
        f"{PLACE}, municipality 'GM9001': has a successor and no end. Add valid_to, its last day.",
    ),
    "municipality twice on a day": (
        again("municipalities", 1, valid_from=date(2026, 6, 1)),
        f"{PLACE}, municipality 'GM9002': stands there twice on the same day. Let valid_to of the older row end before ",
    ),
    "municipality that ends first": (
        broken("municipalities", 0, "valid_from", date(2026, 5, 1)),
        f"{PLACE}, municipality 'GM9001': ends on 2025-12-31, before it begins on 2026-05-01. Exchange ",
    ),
    "no day": (broken("municipalities", 0, "valid_to", "31-12-2025"), f"{PLACE}, municipality 'GM9001': valid_to is no day. Write "),
    "legal basis for nobody": (
        broken("legal_bases", 0, "partners", ["ARTS"]),
        f"{PLACE}, legal basis 'taak': unknown partner ARTS. Use POLITIE or ZORG.",
    ),
    "checklist on no basis": (
        broken("enrichment", 0, "legal_bases", ["tak"]),
        f"{PLACE}, checklist item 'adres': unknown legal basis tak. Did you mean taak? Use taak.",
    ),
    "indicator of no form": (
        broken("indicators", 0, "forms", ["AU"]),
        f"{PLACE}, indicator 'MOE': unknown form AU. Use SU or general.",
    ),
    "offered without plain words": (without("indicators", 0, "plain_nl"), f"{PLACE}, indicator 'MOE': misses plain_nl."),
    "truth that is a word": (
        broken("partners", 0, "police", "yes"),
        f"{PLACE}, partner 'POLITIE': police is neither true nor false. Write police = true or police = false.",
    ),
    "no number": (broken("norms", 0, "amount", 0), f"{PLACE}, norm 'lezen': amount is no whole number of at least 1."),
    "endless number": (broken("norms", 0, "amount", 9999), f"{PLACE}, norm 'lezen': cannot be counted. norm 'lezen': amount 9999"),
    "no loops": (broken("pack", "max_loops", 0), f"{PLACE}, pack: max_loops is no whole number of at least 1."),
    "number that cannot be dialled": (
        broken("partners", 0, "channels", 0, "value", "bel ons"),
        f"{PLACE}, partner 'POLITIE', channel 'bel ons': cannot be used. phone number 'bel ons': not 3 to 15 digits.",
    ),
    "kind of channel": (
        broken("partners", 0, "channels", 0, "kind", "phone"),
        f"{PLACE}, partner 'POLITIE', channel '0900-8844': unknown kind phone. Use email, tel or url.",
    ),
    "day of the week": (
        broken("partners", 0, "channels", 0, "opening", 0, "days", ["monday"]),
        f"{PLACE}, partner 'POLITIE', channel '0900-8844', opening 1: unknown day monday. Did you mean mon? Use ",
    ),
    "time of day": (
        broken("partners", 0, "channels", 0, "opening", 0, "start", "8 uur"),
        f"{PLACE}, partner 'POLITIE', channel '0900-8844', opening 1: start is no time of day. Write start = ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_broken_pack_is_refused_with_place_cause_and_way_out(case):
    change, expected = CASES[case]
    found = findings(change)
    assert any(message.startswith(expected) for message in found), found


# What these break leaves something else really missing or contradicted, which is said as well.
SEVERAL = {
    "missing head", "missing list", "a table for a list", "a word for a table", "two starts for one subject", "no day",
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(CASES.keys() - SEVERAL))
def test_one_mistake_is_one_finding(case):
    """What follows from a mistake is not reported as another one."""
    assert len(findings(CASES[case][0])) == 1


def test_every_finding_is_reported_at_once():
    found = findings(CASES["unknown guard"][0], CASES["missing source"][0], CASES["no number"][0])
    assert len(found) == 3
    with pytest.raises(PolicyErrors, match="(?s)unknown guard.*misses source.*no whole number"):
        parse_policy(_broken_thrice(), where="klein")


def _broken_thrice():
    tables = smallest_tables()
    for case in ("unknown guard", "missing source", "no number"):
        CASES[case][0](tables)
    return tables
