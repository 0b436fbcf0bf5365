"""Mail against a real mail server: accepted, refused, gone, or silent, and never with more than it may say."""

import email
import email.policy
import socket
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from meldroute.channels.email import (
    NOTICES,
    BadAddress,
    NotDelivered,
    UnsafeNotice,
    check_address,
    message_id_of,
    notice_text,
    send_notice,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROW = UUID("00000000-0000-4000-8000-000000000001")
TO = "a.focalpoint@veldhuizen.example"
LINK = "https://meldroute.veldhuizen.example/today"


class Mailbox:
    """The server's side: what it accepted, and the answers it was told to give."""

    def __init__(self):
        self.accepted = []
        self.at_recipient = self.after_text = self.at_goodbye = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.after_text == "gone":
            server.transport.abort()
            return "250 never heard"
        if self.after_text:
            return self.after_text
        self.accepted.append(envelope)
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        return self.at_goodbye or "221 Bye"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def outside(settings):
    """Django's own mail over SMTP, to an address where nobody listens yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.DEFAULT_FROM_EMAIL = "Meldroute <meldroute@veldhuizen.example>"
    return settings


@pytest.fixture
def server(outside):
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=outside.EMAIL_PORT)
    controller.start()
    yield controller.handler
    controller.stop()


def send(to=TO, *, kind="waiting", **changes):
    subject, body = notice_text(kind, "en", LINK)
    notice = {"subject": subject, "body": body, "message_id": message_id_of(ROW), "now": NOW} | changes
    send_notice(to, **notice)


def received(server):
    [envelope] = server.accepted
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def test_a_notice_arrives_with_what_it_should_say(server):
    send()
    message = received(server)
    assert server.accepted[0].rcpt_tos == [TO]
    assert server.accepted[0].mail_from == "meldroute@veldhuizen.example"
    assert message["Subject"] == "Something is ready for you in Meldroute"
    assert message["To"] == TO
    assert message["Message-ID"] == f"<{ROW}@veldhuizen.example>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    text = message.get_content()
    assert text.replace("\r\n", "\n") == (
        f"Something is ready for you in Meldroute. Sign in to read it.\n\n{LINK}\n"
    )


def test_it_carries_no_header_that_nobody_chose(server):
    send()
    assert {name.lower() for name in received(server)} <= {
        "content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "message-id", "date",
        "auto-submitted", "x-peer", "x-mailfrom", "x-rcptto",  # the last three are this server's
    }  # fmt: skip


def test_every_attempt_has_the_same_message_id(server):
    send()
    send()
    ids = {email.message_from_bytes(one.content)["Message-ID"] for one in server.accepted}
    assert len(server.accepted) == 2
    assert ids == {f"<{ROW}@veldhuizen.example>"}


def test_a_server_that_is_down_can_be_tried_again(outside):
    with pytest.raises(NotDelivered, match=r"ConnectionRefusedError.*tried again.*MELDROUTE_SMTP_HOST"):
        send()
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=outside.EMAIL_PORT)
    controller.start()
    try:
        send()
    finally:
        controller.stop()
    assert len(controller.handler.accepted) == 1


def test_without_a_mail_server_configured_it_says_where_to_look(outside):
    outside.EMAIL_HOST = ""
    with pytest.raises(NotDelivered, match="MELDROUTE_SMTP_HOST"):
        send()


@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted", "452 4.2.2 Mailbox full", "550 5.7.1 Looks like spam"])
def test_a_recipient_refused_for_now_or_by_policy_can_be_tried_again(server, answer):
    server.at_recipient = answer
    with pytest.raises(NotDelivered, match=answer[:3]):
        send()


@pytest.mark.parametrize("answer", ["550 5.1.1 User unknown", "550 No such user here", "553 5.1.3 Bad mailbox"])
def test_an_address_that_does_not_exist_must_be_corrected(server, answer):
    server.at_recipient = answer
    with pytest.raises(BadAddress, match=f"answer {answer[:3]}.*Correct the address"):
        send()


@pytest.mark.parametrize("answer", ["554 5.6.0 No", "452 4.3.1 Disk full", "421 4.3.2 Going down", "gone"])
def test_a_text_that_was_not_accepted_can_be_tried_again(server, answer):
    server.after_text = answer
    with pytest.raises(NotDelivered):
        send()
    assert server.accepted == []


@pytest.mark.parametrize("goodbye", ["500 What?", "221 " + "x" * 9000])
def test_a_goodbye_that_fails_does_not_send_it_twice(server, goodbye):
    server.at_goodbye = goodbye
    send()
    assert len(server.accepted) == 1


def test_no_error_repeats_the_address_or_the_words_of_the_server(server):
    for answer in (f"550 5.1.1 <{TO}>: unknown", f"451 <{TO}> later"):
        server.at_recipient = answer
        with pytest.raises((BadAddress, NotDelivered)) as refusal:
            send()
        assert "focalpoint" not in str(refusal.value)
        assert "veldhuizen" not in str(refusal.value)
        assert refusal.value.__suppress_context__, "a traceback would print the address"


def test_an_accent_before_the_at_sign_is_an_address_to_be_checked(server):
    with pytest.raises(BadAddress, match=r"letter with an accent.*Ask for the spelling without it"):
        send("zorgcoördinatie-mp@voorbeeld.example")
    assert server.accepted == []


def test_an_accent_in_the_domain_travels_in_ascii(server):
    send("zorg@coördinatie.example")
    assert server.accepted[0].rcpt_tos == ["zorg@xn--cordinatie-fcb.example"]


@pytest.mark.parametrize("address", [
    "", "nobody", "a@b@c.example", "a@veldhuizen.example, b@elsewhere.example", "A <a@veldhuizen.example>",
    "a@veldhuizen.example\nBcc: b@elsewhere.example", "a@veldhuizen.example\r\n", "a b@veldhuizen.example",
    "a@veldhuizen.example b@elsewhere.example", "@veldhuizen.example", "a\x00@veldhuizen.example",
])  # fmt: skip
def test_what_is_not_one_address_is_refused_before_it_leaves(server, address):
    with pytest.raises(BadAddress, match="Correct the address"):
        send(address)
    assert server.accepted == []


@pytest.mark.parametrize("subject", ["Hello\nBcc: b@elsewhere.example", "Hello\r\n\r\nbody", "a\x00b", "a\u2028b"])
def test_a_subject_cannot_add_a_header(server, subject):
    with pytest.raises(UnsafeNotice, match="mail subject"):
        send(subject=subject)
    assert server.accepted == []


@pytest.mark.parametrize("message_id", ["", "<a@b>\nBcc: b@c", "a@b", "<a b@c>", "<a@b><c@d>", "<a@b>\n"])
def test_a_message_id_cannot_add_a_header(server, message_id):
    with pytest.raises(UnsafeNotice, match="Message-ID"):
        send(message_id=message_id)
    assert server.accepted == []


def test_a_dot_on_a_line_of_its_own_does_not_end_the_text(server):
    send(body="one\n.\nMAIL FROM:<b@elsewhere.example>\ntwo\n")
    assert received(server).get_content().splitlines() == ["one", ".", "MAIL FROM:<b@elsewhere.example>", "two"]


# What a notice says

WHAT = ["signal", "melding", "danger", "gevaar", "trafficking", "mensenhandel", "victim", "slachtoffer", "police",
        "politie", "avim", "child", "kind", "minor", "reporter", "melder", "uitbuiting", "exploitation"]  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_a_notice_says_that_and_never_what(kind, language):
    subject, body = notice_text(kind, language, LINK)
    said = f"{subject} {body.replace(LINK, '')}".lower()
    assert not [word for word in WHAT if word in said]
    assert body.endswith(f"\n\n{LINK}\n")
    assert "Meldroute" in subject


def test_an_unknown_kind_of_notice_is_refused():
    with pytest.raises(UnsafeNotice, match=r"notice .danger. is unknown\. Use one of invitation, late, link"):
        notice_text("danger", "nl", LINK)


NO_LINKS = ["", "javascript:alert(1)", "https://a.example/x\nhttps://b.example", "/today", "https://a b"]


@pytest.mark.parametrize("link", NO_LINKS)
def test_only_one_web_address_is_a_link(link):
    with pytest.raises(UnsafeNotice, match="not one web address"):
        notice_text("waiting", "nl", link)


def test_a_good_address_passes():
    check_address(TO)


def test_every_notice_is_in_dutch_too():
    for kind in NOTICES:
        english, dutch = (notice_text(kind, language, LINK) for language in ("en", "nl"))
        assert english[0] != dutch[0], f"the subject of '{kind}' has no Dutch"
        assert english[1] != dutch[1], f"the text of '{kind}' has no Dutch"
    assert notice_text("waiting", "nl", LINK)[0] == "Er staat iets voor u klaar in Meldroute"
