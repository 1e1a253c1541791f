"""Email, by an SMTP server or by Amazon SES."""

import re
from dataclasses import replace
from enum import StrEnum

from certctl.domain.channels.kinds.definitions import ChannelDefinition, SettingValues, options_of, secret
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind, OnlyWith, Setting, SettingForm
from certctl.domain.networks import PinnedHost, Reach
from certctl.domain.urls import UrlMalformed, parse_host

# The ports of mail submission; 2465, 2525 and 2587 are alternatives of providers for networks that block the
# others.
MAIL_PORTS = (25, 465, 587, 2465, 2525, 2587)

_PORT = re.compile(r"[1-9][0-9]{0,4}")
_LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
# Without quoted local parts, comments and address literals: nobody's alerts go there, and parsers disagree.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*")


class Transport(StrEnum):
    SMTP = "smtp"
    SES = "ses"


class Security(StrEnum):
    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


def check_mail_settings(settings: SettingValues) -> None:
    """Checks settings that will be saved. Raises InvalidInput, with the setting's name and without its
    value."""
    address_in(settings, "from_address")
    if settings.get("to"):
        address_in(settings, "to")
    if transport_of(settings) is Transport.SMTP:
        host_of(settings)
        port_of(settings)
        refuse_half_a_login(settings)


def is_address(text: str) -> bool:
    """`local@domain` in ASCII; an international domain in its `xn--` form."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def address_in(settings: SettingValues, name: str) -> str:
    address = settings.get(name, "")
    if not is_address(address):
        raise InvalidInput.of(name, "must be one mail address like alerts@example.com")
    return address


def transport_of(settings: SettingValues) -> Transport:
    try:
        return Transport(settings.get("transport") or Transport.SMTP)
    except ValueError:
        raise InvalidInput.of("transport", "must be smtp or ses") from None


def security_of(settings: SettingValues) -> Security:
    try:
        return Security(settings.get("tls") or Security.STARTTLS)
    except ValueError:
        raise InvalidInput.of("tls", "must be starttls, implicit or none") from None


def host_of(settings: SettingValues) -> str:
    try:
        return parse_host(settings.get("host", ""))
    except UrlMalformed as malformed:
        raise InvalidInput.of("host", str(malformed)) from None


def port_of(settings: SettingValues) -> int:
    """587, or 465 with implicit TLS, if none is set."""
    text = settings.get("port") or ("465" if security_of(settings) is Security.IMPLICIT else "587")
    if not _PORT.fullmatch(text) or int(text) > 65535:
        raise InvalidInput.of("port", "must be between 1 and 65535")
    return int(text)


def refuse_half_a_login(settings: SettingValues) -> None:
    if bool(settings.get("username")) is not bool(settings.get("password")):
        raise InvalidInput.of("password", "username and password belong together")


def refuse_exposure(settings: SettingValues, target: PinnedHost) -> None:
    """Other ports than mail's would turn this into a port scanner; without TLS the network can read the mail,
    and a password is not sent even in a private network that was opened. On this machine all is allowed.
    Raises InvalidInput."""
    if target.reach is Reach.LOCAL:
        return
    if port_of(settings) not in MAIL_PORTS:
        raise InvalidInput.of("port", f"must be one of {', '.join(map(str, MAIL_PORTS))}")
    if security_of(settings) is not Security.NONE:
        return
    if target.reach is Reach.PUBLIC:
        raise InvalidInput.of("tls", "none is for private networks that are opened by CIDR")
    if settings.get("username"):
        raise InvalidInput.of("tls", "a password is sent over TLS only")


_WITH_SMTP = OnlyWith("transport", Transport.SMTP)
_WITH_SES = OnlyWith("transport", Transport.SES)
_PASSWORD = secret("Password", "the mail server {host}")

EMAIL = ChannelDefinition(
    ChannelKind.EMAIL,
    settings={
        "transport": Setting(
            label="Sent by", form=SettingForm.CHOICE, options=options_of(*Transport), default=Transport.SMTP
        ),
        "from_address": Setting(label="From", required=True, placeholder="certctl@example.com"),
        "to": Setting(label="Default recipient", help="For alerts whose owner and team have no address."),
        "host": Setting(
            label="SMTP host", required=True, placeholder="smtp.example.com", only_with=_WITH_SMTP
        ),
        "port": Setting(
            label="Port", suggestions=("587", "465", "25", "2465", "2525", "2587"), only_with=_WITH_SMTP
        ),
        "tls": Setting(
            label="TLS",
            form=SettingForm.CHOICE,
            options=options_of(*Security),
            default=Security.STARTTLS,
            only_with=_WITH_SMTP,
        ),
        "username": Setting(label="User name", help="With a password, or neither.", only_with=_WITH_SMTP),
        "password": replace(_PASSWORD, only_with=_WITH_SMTP),
        "configuration_set": Setting(label="Configuration set", only_with=_WITH_SES),
    },
    alert_rank=70,
    configured_by={"SMTP": "host", "SES": "from_address"},
    check=check_mail_settings,
)
