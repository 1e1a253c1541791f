"""Mail by SES v2: on moto as AWS takes it, and at a server that refuses as AWS does."""

import json
from base64 import b64decode
from typing import Any, cast

import pytest
from moto.ses.models import ses_backends

from certctl.connectors.notifiers.mail.message import compose
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from tests.support.aws.clients import REGION, client, local_aws
from tests.support.channels.aws_channels import SES, instead_of_aws, refused, send_by_aws, taken
from tests.support.channels.receivers import Receiver, sends_raw
from tests.support.notifications.messages import REVOKED, a_message

MAIL = ChannelKind.EMAIL


def request_of(receiver: Receiver) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(receiver.received[0].body))


def answered(status: int, code: str, words: str = "in words") -> Outcome:
    with instead_of_aws(refused(MAIL, status, code, words)) as receiver:
        outcome = send_by_aws(MAIL)
    assert len(receiver.received) == 1
    return outcome


def test_ses_takes_the_mail() -> None:
    with local_aws():
        client("sesv2").create_email_identity(EmailIdentity="alerts@certctl.example")
        outcome = send_by_aws(MAIL)
        (sent,) = ses_backends["123456789012"][REGION].sent_messages
    assert (outcome.kind, outcome.status_code, outcome.error) == (OutcomeKind.ACCEPTED, 200, "")
    assert sent.source == "alerts@certctl.example"
    assert "oncall@shop.example" in sent.destinations
    assert "Subject: [CRITICAL] shop.example was revoked" in sent.raw_data


def test_a_sender_that_is_not_verified_is_final() -> None:
    with local_aws():
        outcome = send_by_aws(MAIL)
    assert (outcome.kind, outcome.error) == (OutcomeKind.PERMANENT, "HTTP 400 MessageRejected")


def test_the_request_holds_the_same_mail_as_smtp_and_the_notifications_id() -> None:
    with instead_of_aws(taken(MAIL)) as receiver:
        send_by_aws(MAIL)
    request = request_of(receiver)
    assert receiver.received[0].path == "/v2/email/outbound-emails"
    assert b64decode(request["Content"]["Raw"]["Data"]) == compose(REVOKED, SES).content
    assert request["FromEmailAddress"] == "alerts@certctl.example"
    assert request["Destination"] == {"ToAddresses": ["oncall@shop.example"]}
    assert {"Name": "notification", "Value": REVOKED.notification_id} in request["EmailTags"]
    assert "ConfigurationSetName" not in request


def test_a_configuration_set_and_the_owners_address_are_passed_on() -> None:
    with instead_of_aws(taken(MAIL)) as receiver:
        send_by_aws(MAIL, a_message(recipient="ada@shop.example"), {"configuration_set": "alerts"})
    request = request_of(receiver)
    assert request["ConfigurationSetName"] == "alerts"
    assert request["Destination"] == {"ToAddresses": ["ada@shop.example"]}


def test_an_error_shows_the_code_and_no_words() -> None:
    outcome = answered(400, "MessageRejected", "oncall@shop.example is not verified")
    assert outcome.error == "HTTP 400 MessageRejected"
    assert "shop.example" not in repr(answered(400, "oncall@shop.example"))


def test_a_client_that_gets_no_answer_is_retried() -> None:
    with instead_of_aws(sends_raw(b"")):
        outcome = send_by_aws(MAIL)
    assert (outcome.kind, outcome.status_code) == (OutcomeKind.RETRYABLE, None)
    assert outcome.error.startswith("no answer: ")


def test_a_service_that_is_not_there_is_retried() -> None:
    with instead_of_aws() as receiver:
        pass
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_ENDPOINT_URL", receiver.url(""))
        outcome = send_by_aws(MAIL)
    assert (outcome.kind, outcome.error) == (OutcomeKind.RETRYABLE, "no answer: EndpointConnectionError")


@pytest.mark.parametrize(
    ("settings", "kind", "error"),
    [
        ({"to": ""}, OutcomeKind.PERMANENT, "no recipient: "),
        ({"to": "nobody"}, OutcomeKind.RETRYABLE, "to: must be one mail address"),
        ({"from_address": "certctl"}, OutcomeKind.RETRYABLE, "from_address: must be one mail address"),
    ],
)
def test_what_is_set_up_wrongly_calls_nobody(settings: dict[str, str], kind: OutcomeKind, error: str) -> None:
    with instead_of_aws(taken(MAIL)) as receiver:
        outcome = send_by_aws(MAIL, settings=settings)
    assert outcome.kind is kind
    assert outcome.error.startswith(error)
    assert receiver.received == []
