"""Mail by Amazon SES v2 (`SendEmail` with raw content)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.connectors.aws.services import Service
from certctl.connectors.notifiers.aws_outcomes import attempt
from certctl.connectors.notifiers.base import unconfigured
from certctl.connectors.notifiers.mail.message import Mail, NoRecipient, compose, no_recipient
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import SendEmailRequestTypeDef

# docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
_KINDS = {
    "AccountSuspendedException": OutcomeKind.CHANNEL_GONE,  # "permanently restricted"
    "SendingPausedException": OutcomeKind.RETRYABLE,
    "LimitExceededException": OutcomeKind.THROTTLED,
    "NotFoundException": OutcomeKind.RETRYABLE,  # the configuration set: nothing else has a name here
    "MailFromDomainNotVerifiedException": OutcomeKind.RETRYABLE,  # DNS, not the mail
}


class SesMail:
    """Settings: those of `mail.compose`; `configuration_set` (optional). SES replaces our Message-ID and
    Date, so the notification's id is also in a header and a tag."""

    def __init__(self, config: ChannelConfig, client: Callable[[Service], Any]) -> None:
        self._settings = config.settings
        self._client = client

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """The client's own time-outs suffice: AWS does not drip."""
        try:
            mail = compose(message, self._settings)
        except NoRecipient:
            return no_recipient()
        except InvalidInput as error:
            return unconfigured(error.detail)
        return attempt(lambda: self._submit(mail, message), _KINDS, "AllowedSesArns")

    def _submit(self, mail: Mail, message: Message) -> None:
        client: SESV2Client = self._client("sesv2")
        client.send_email(**self._request(mail, message))

    def _request(self, mail: Mail, message: Message) -> "SendEmailRequestTypeDef":
        request: SendEmailRequestTypeDef = {
            "FromEmailAddress": mail.sender,
            "Destination": {"ToAddresses": [mail.recipient]},
            "Content": {"Raw": {"Data": mail.content}},
            "EmailTags": [
                {"Name": "notification", "Value": message.notification_id},
                {"Name": "type", "Value": message.type},
            ],
        }
        if self._settings.get("configuration_set"):
            request["ConfigurationSetName"] = self._settings["configuration_set"]
        return request
