"""The Email channel: by an SMTP server, or by Amazon SES."""

from certctl.connectors.notifiers.base import Notifier, Providers
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.email import Transport, transport_of


def email_notifier(config: ChannelConfig, reach: Providers) -> Notifier:
    """Setting `transport`: `smtp` (default) or `ses`; the others are the transport's. Raises InvalidInput."""
    if transport_of(config.settings) is Transport.SES:
        from certctl.connectors.notifiers.mail.ses import SesMail

        return SesMail(config, reach.client)
    from certctl.connectors.notifiers.mail.smtp import SmtpMail  # smtplib and the mail package: 30 ms

    return SmtpMail(config, reach.guard, reach.secrets)
