"""Who may interpret, and what a partner reads first."""

import pytest

from meldroute.rules.safe_contact import (
    NotAChoice,
    SafeContact,
    WrongInterpreter,
    check,
    from_content,
    in_words,
    is_around,
)


@pytest.mark.parametrize("who", [
    "haar zus", "Zus", "de partner", "werkgever", "collega Jan", "een vriendin", "de buurvrouw", "zijn vader", "begeleider", "een landgenoot",
    "her husband", "the employer", "a colleague", "her companion", "family", "familielid", "een neef", "de baas", "a friend", "leidinggevende",
])
def test_somebody_from_around_the_person_never_interprets(who):
    assert is_around(who)
    with pytest.raises(WrongInterpreter):
        check(SafeContact(interpreter="professional", interpreter_who=who))


@pytest.mark.parametrize("who", ["telefonische tolk, Roemeens", "tolkendienst 0800-verzonnen", "Tolk en Vertaal", "sworn interpreter", ""])
def test_a_professional_does(who):
    assert check(SafeContact(interpreter="professional", interpreter_who=who))


def test_the_choice_of_somebody_known_is_refused_by_whatever_door_it_comes():
    with pytest.raises(WrongInterpreter):
        check(SafeContact(interpreter="known_person"))
    for wrong in (SafeContact(interpreter="sister"), SafeContact(how=("fax",))):
        with pytest.raises(NotAChoice):
            check(wrong)


def test_a_partner_reads_first_when_not():
    said = in_words(SafeContact(how=("private_phone",), when="voor drie uur", when_not="'s avonds", language="Roemeens",
                                interpreter="professional", agreed="vraag naar de cursus"))
    assert said.startswith("NIET: 's avonds; hoe: privételefoon; wanneer: voor drie uur")
    assert "alleen een beroepstolk" in said


def test_it_comes_back_from_what_was_sealed_as_it_was():
    contact = SafeContact(how=("email", "in_person"), when="nu", no_automatic=True)
    assert from_content({**contact.content(), "by": "x", "at": "y"}) == contact
    assert from_content({}) == SafeContact()
    assert not SafeContact().says_something
    assert SafeContact(no_automatic=True).says_something
