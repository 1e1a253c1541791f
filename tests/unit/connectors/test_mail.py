"""A notification as an Internet message."""

import re

import pytest

from certctl.connectors.notifiers.mail.message import BODY_LIMIT, SUBJECT_LIMIT, NoRecipient, compose
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.statuses import Action, Severity
from tests.support.channels.smtp_channels import SETTINGS, parsed, part_of
from tests.support.notifications.messages import REVOKED, a_message

HOSTILE = 'shop\r\nBcc: x@evil.example\r\n\r\n<script>alert(1)</script> & "x"'


def content_of(message: Message) -> bytes:
    return compose(message, SETTINGS).content


def header(message: Message, name: str) -> str:
    return str(parsed(content_of(message))[name])


def test_the_text_says_what_a_person_on_call_needs() -> None:
    assert part_of(content_of(REVOKED), "plain").split("\n") == [
        "Reason: keyCompromise. Replace it on every target.",
        "",
        "Certificate: shop",
        "Common name: shop.example",
        "Serial: 4f2a",
        "Expires: 2027-02-01 00:00 UTC",
        "Environment: production",
        "Owner: Ada",
        "Team: Payments",
        "",
        "Open in certctl: https://certctl.example/certificates/mc-shop",
        "",
        "Revocation, 2026-11-24T13:00:00Z, notif-01k7q6e5w3s2n8m4v0c9b1x7za",
        "",
    ]


def test_the_html_says_the_same() -> None:
    page = part_of(content_of(REVOKED), "html")
    for text in ("[CRITICAL] shop.example was revoked", "keyCompromise", "4f2a", "Payments"):
        assert text in page
    assert '<a href="https://certctl.example/certificates/mc-shop">' in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("From", "certctl <alerts@certctl.example>"),
        ("To", "oncall@shop.example"),
        ("Subject", "[CRITICAL] shop.example was revoked"),
        ("Date", "Tue, 24 Nov 2026 13:00:00 +0000"),
        ("Message-ID", "<notif-01k7q6e5w3s2n8m4v0c9b1x7za@certctl.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Certctl-Notification", "notif-01k7q6e5w3s2n8m4v0c9b1x7za"),
        ("Importance", "high"),
    ],
)
def test_the_headers_are_those_of_an_alert(name: str, value: str) -> None:
    assert header(REVOKED, name) == value


def test_two_attempts_are_the_same_to_the_byte() -> None:
    assert content_of(REVOKED) == content_of(REVOKED)


def test_mails_of_one_incident_share_a_thread_and_others_do_not() -> None:
    renewed = a_message(notification_id="notif-2", action=Action.RESOLVE, severity=Severity.INFO)
    other = a_message(notification_id="notif-3", dedup_key="Revocation/mc-other/1")
    threads = [header(message, "References") for message in (REVOKED, renewed, other)]
    assert threads[0] == threads[1] == header(renewed, "In-Reply-To")
    assert threads[0] != threads[2]
    assert header(renewed, "Message-ID") != header(REVOKED, "Message-ID")


@pytest.mark.parametrize("change", [{"severity": Severity.WARNING}, {"action": Action.RESOLVE}])
def test_only_a_critical_alert_is_marked_as_important(change: dict[str, object]) -> None:
    assert "Importance" not in parsed(content_of(a_message(**change)))


def test_a_resolve_says_so() -> None:
    assert header(a_message(action=Action.RESOLVE), "Subject") == "[RESOLVED] shop.example was revoked"


def test_unknown_facts_and_the_link_are_left_out() -> None:
    bare = a_message(certificate=CertificateFacts(), link="")
    assert part_of(content_of(bare), "plain").count("\n\n") == 1
    assert "href" not in part_of(content_of(bare), "html")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "https://" + "a" * 3000])
def test_only_a_plain_link_becomes_one(link: str) -> None:
    assert link not in part_of(content_of(a_message(link=link)), "html")


def test_no_text_becomes_a_header_or_markup() -> None:
    facts = CertificateFacts(name=HOSTILE, owner=HOSTILE)
    content = content_of(a_message(subject=HOSTILE, body=HOSTILE, certificate=facts))
    mail = parsed(content)
    assert "Bcc" not in mail
    assert mail["Subject"] == f"[CRITICAL] {' '.join(HOSTILE.split())}"
    assert "<script>" not in part_of(content, "html")
    assert part_of(content, "html").count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;") == 4


@pytest.mark.parametrize(
    "recipient", ["", "email-default", "team-1", "a@b\r\nRCPT TO:<x@evil.example>", HOSTILE]
)
def test_a_recipient_that_is_no_address_gives_way_to_the_channels(recipient: str) -> None:
    mail = compose(a_message(recipient=recipient), SETTINGS)
    assert mail.recipient == str(parsed(mail.content)["To"]) == "oncall@shop.example"


def test_the_notifications_own_address_comes_first() -> None:
    assert compose(a_message(recipient="ada@shop.example"), SETTINGS).recipient == "ada@shop.example"


def test_without_any_address_there_is_no_recipient() -> None:
    with pytest.raises(NoRecipient):
        compose(REVOKED, {**SETTINGS, "to": ""})


@pytest.mark.parametrize("name", ["from_address", "to"])
def test_a_setting_that_is_no_address_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        compose(REVOKED, {**SETTINGS, name: "certctl"})


@pytest.mark.parametrize("character", ["a", "é", "🔒", "<", "\u0301"])
def test_long_texts_are_cut_and_every_line_keeps_to_the_limits(character: str) -> None:
    fact = character * 5000
    facts = CertificateFacts(fact, fact, fact, None, fact, fact, fact)
    content = content_of(a_message(subject=character * 100_000, body=character * 100_000, certificate=facts))
    assert len(parsed(content)["Subject"]) <= SUBJECT_LIMIT
    assert len(part_of(content, "plain")) < BODY_LIMIT + 6 * 400
    assert "Open in certctl: https" in part_of(content, "plain")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.isascii()


def test_ids_are_whole_however_long_the_domain() -> None:
    domain = "a" * 60 + ".b" * 60 + ".example"
    content = compose(REVOKED, {**SETTINGS, "from_address": f"alerts@{domain}"}).content
    assert f"Message-ID: <notif-01k7q6e5w3s2n8m4v0c9b1x7za@{domain}>\r\n".encode() in content
    assert re.search(rb"References: <incident-[0-9a-f]{32}@" + domain.encode() + rb">\r\n", content)
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "body", [".", "a\r\n.\r\nQUIT\r\n", "a\n.\nb", "a\r.\rb", "From x", "=_notif", "--=_notif"]
)
def test_no_body_ends_the_mail_or_its_part(body: str) -> None:
    content = content_of(a_message(body=body))
    assert part_of(content, "plain").startswith(body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"))
    assert b"\r\n" in content
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert len(list(parsed(content).iter_parts())) == 2
