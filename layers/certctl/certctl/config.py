"""The only reader of os.environ: the settings from template.yaml, by concern."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from certctl.domain.acme.settings import AcmeSettings, AcmeValidationSettings

_SHORTEST_ORIGIN_SECRET = 32
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
TABLES = (
    "certificates",
    "names",
    "serials",
    "revocations",
    "notifications",
    "jobs",
    "audit",
    "catalog",
    "credentials",
    "state",
    "inventory",
)


class MissingSetting(RuntimeError):
    """A variable that the function needs is missing: a fault of template.yaml."""


class StackConfig(NamedTuple):
    """`function` is the folder's name; `is_local` enables what only `make run` may do; `release` is the stamp
    that `make deploy` sets."""

    name: str
    region: str
    function: str
    is_local: bool
    release: str


class EdgeConfig(NamedTuple):
    """`origin_secrets` are those that CloudFront may show; `is_only_way` refuses requests that bypass it."""

    origin_secrets: tuple[str, ...]
    is_only_way: bool


class AuditConfig(NamedTuple):
    api_call_days: int
    domain_event_days: int


class PkiConfig(NamedTuple):
    """`host`, with a port unless it is 80, is that of the URLs inside certificates; `distribution` is the
    name that serves them, if the function needs it."""

    bucket: str
    host: str
    distribution: str


class AuthorityConfig(NamedTuple):
    """The properties of the CAs, fixed at their creation. Subjects are RFC 4514 names, empty for the default
    ones; no permitted domain means any."""

    root_key_arn: str
    issuing_key_arn: str
    root_subject: str
    issuing_subject: str
    permitted_domains: tuple[str, ...]


_IMPLICIT_TLS_PORTS = frozenset({"465", "2465"})

# Name in the parameter EngineSettings -> its default. Durations have a unit: s, m, h or d;
# `+` stands between hosts.
ENGINE_DEFAULTS: Mapping[str, str] = {
    "NotificationMaxAttempts": "5",
    "NotificationRetryBaseSeconds": "60",
    "NotificationRetryCapSeconds": "3600",
    "NotificationMaxAge": "72h",
    "NotificationFloodLimit": "30",
    "ChannelBreakerFailures": "5",
    "ChannelProbeSeconds": "60",
    "ChannelHosts": "",
    "SlackChannel": "",
    "SlackUsername": "",
    "PagerdutySeverity": "",
    "OpsgeniePriority": "",
    "SmtpTls": "",
}
# Name in EngineSettings -> section and setting of CERTCTL_CHANNELS; empty is the default of the kind.
_CHANNEL_SETTINGS: Mapping[str, tuple[str, str]] = {
    "SlackChannel": ("Slack", "channel"),
    "SlackUsername": ("Slack", "username"),
    "PagerdutySeverity": ("PagerDuty", "severity"),
    "OpsgeniePriority": ("OpsGenie", "priority"),
    "SmtpTls": ("SMTP", "tls"),
}
# Equal to the options of the kinds: a test compares them.
ENGINE_CHOICES: Mapping[str, tuple[str, ...]] = {
    "PagerdutySeverity": ("critical", "error", "warning", "info"),
    "OpsgeniePriority": ("P1", "P2", "P3", "P4", "P5"),
    "SmtpTls": ("starttls", "implicit", "none"),
}


class InvalidSetting(ValueError):
    """A parameter of the template has a value that no function can use."""


class NotificationConfig(NamedTuple):
    """`flood_limit`: more alerts of one type to one recipient within a minute are folded."""

    max_attempts: int
    retry_base_seconds: int
    retry_cap_seconds: int
    max_age: timedelta
    retention: timedelta
    flood_limit: int

    @property
    def longest_delivery(self) -> timedelta:
        """A throttled row reaches `max_age` before its first failure counts, and waits after each."""
        return self.max_age + timedelta(seconds=self.max_attempts * self.retry_cap_seconds)


class BreakerConfig(NamedTuple):
    """So many `failures` in a row open a channel's circuit breaker; then it is probed every `probe`."""

    failures: int
    probe: timedelta


class AuditSealConfig(NamedTuple):
    """`key_arn` is empty if the function may only read seals."""

    bucket: str
    key_arn: str


def is_in_lambda() -> bool:
    """Whether this process runs one function, as Lambda and the local stack start it."""
    return bool(_optional("AWS_LAMBDA_FUNCTION_NAME"))


def stack() -> StackConfig:
    return StackConfig(
        name=_required("CERTCTL_STACK"),
        region=_required("AWS_REGION"),
        function=_required("POWERTOOLS_SERVICE_NAME"),
        is_local=_optional("CERTCTL_LOCAL") == "1",
        release=_optional("CERTCTL_RELEASE"),
    )


def table_names() -> Mapping[str, str]:
    """Short name -> table name, for `store.database.connect`."""
    return {table: _required(f"CERTCTL_TABLE_{table.upper()}") for table in TABLES}


def ocsp_key_arn() -> str:
    """The key in KMS that encrypts the keys of OCSP responders."""
    return _required("CERTCTL_OCSP_KEY_ARN")


def ocsp_answer_validity() -> timedelta:
    """How long an OCSP answer is valid: 1 to 24 hours."""
    return timedelta(hours=_number("CERTCTL_OCSP_HOURS", 12))


def has_ocsp() -> bool:
    """Whether new certificates name the OCSP URL of their CA, if it has one."""
    return _optional("CERTCTL_OCSP") == "true"


def has_inventory() -> bool:
    """Whether the stack has an inventory of certificates that were found."""
    return _optional("CERTCTL_INVENTORY") != "false"


def has_acme_server() -> bool:
    """Whether the stack answers ACME clients."""
    return _optional("CERTCTL_ACME_SERVER") == "true"


def queue_url(name: str) -> str:
    """The URL of a queue that this function sends to; `name` is the end of its variable in template.yaml."""
    return _required(f"CERTCTL_QUEUE_{name.upper()}")


def function_name(folder: str) -> str:
    """The deployed name of another function that this one invokes."""
    return _required(f"CERTCTL_FUNCTION_{folder.upper()}")


def rate_of(schedule: str) -> timedelta | None:
    """How often it runs, by a parameter of the template; None if that is a cron expression."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour)s?\)", _required(f"CERTCTL_RATE_{schedule.upper()}"))
    return timedelta(**{f"{rate[2]}s": int(rate[1])}) if rate else None


def edge() -> EdgeConfig:
    """Whitespace separates the secrets. A short one means none: the placeholder of the second secret."""
    given = _optional("CERTCTL_ORIGIN_SECRETS").split()
    secrets = tuple(secret for secret in given if len(secret) >= _SHORTEST_ORIGIN_SECRET)
    return EdgeConfig(secrets, _optional("CERTCTL_EDGE_ONLY") == "1")


def audit() -> AuditConfig:
    return AuditConfig(
        api_call_days=_number("CERTCTL_API_AUDIT_RETENTION_DAYS", 400),
        domain_event_days=_number("CERTCTL_DOMAIN_AUDIT_RETENTION_DAYS", 3650),
    )


def pki() -> PkiConfig:
    return PkiConfig(
        bucket=_required("CERTCTL_PKI_BUCKET"),
        host=_required("CERTCTL_PKI_HOST"),
        distribution=_optional("CERTCTL_PKI_DISTRIBUTION"),
    )


def authorities() -> AuthorityConfig:
    return AuthorityConfig(
        root_key_arn=_required("CERTCTL_ROOT_KEY_ARN"),
        issuing_key_arn=_required("CERTCTL_ISSUING_KEY_ARN"),
        root_subject=_optional("CERTCTL_CA_ROOT_SUBJECT"),
        issuing_subject=_optional("CERTCTL_CA_ISSUING_SUBJECT"),
        permitted_domains=_list("CERTCTL_CA_PERMITTED_DOMAINS"),
    )


def channels(sections: Mapping[str, tuple[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """Kind of channel -> its settings, for those that the deployment configures. Secrets are references. Mail
    has `transport` beside what the template sets. `sections`, of CERTCTL_CHANNELS: the kind that each
    configures, and the setting without which there is no channel. Of two of one kind the first that is
    configured counts. Raises InvalidSetting as `engine_settings`."""
    given = _sections(_optional("CERTCTL_CHANNELS"))
    for name, (section, setting) in _CHANNEL_SETTINGS.items():
        if section in given and (value := engine_settings()[name]):
            given[section][setting] = value
    found: dict[str, Mapping[str, str]] = {}
    for section, (kind, needed) in sections.items():
        settings = given.get(section, {})
        if needed in settings and kind not in found:
            found[kind] = _mail(section, settings) if kind == "Email" else settings
    return found


def _mail(section: str, settings: Mapping[str, str]) -> Mapping[str, str]:
    """Mail's settings with `transport`; SMTP's `host:port` as two, with the TLS mode that the port implies
    unless one is set."""
    host, _, port = settings.get("host", "").partition(":")
    if not host:
        return {"transport": section.lower(), **settings}
    tls = "implicit" if port in _IMPLICIT_TLS_PORTS else "starttls"
    ports = {"port": port} if port else {}
    return {"transport": section.lower(), "tls": tls, **settings, "host": host, **ports}


def engine_settings() -> Mapping[str, str]:
    """Every setting of ENGINE_DEFAULTS with its value. Raises InvalidSetting that names the fault."""
    chosen = dict(ENGINE_DEFAULTS)
    for pair in _list("CERTCTL_ENGINE_SETTINGS"):
        name, _, value = pair.partition("=")
        if name not in ENGINE_DEFAULTS:
            raise InvalidSetting(f"{name} is unknown; allowed are {', '.join(ENGINE_DEFAULTS)}")
        chosen[name] = _engine_value(name, value)
    return chosen


def _engine_value(name: str, value: str) -> str:
    if name in _CHANNEL_SETTINGS:
        return _channel_value(name, value)
    if name.endswith("Hosts"):
        if re.fullmatch(r"[a-z0-9.-]+(\+[a-z0-9.-]+)*", value) is None:
            raise InvalidSetting(f"{name} must be host names in lower case with + between, not {value!r}")
        return value
    pattern = r"[1-9]\d*[smhd]?" if name.endswith("Age") else r"[1-9]\d*"
    if re.fullmatch(pattern, value) is None:
        raise InvalidSetting(f"{name} must be a whole number from 1 on, not {value!r}")
    return value


def _channel_value(name: str, value: str) -> str:
    choices = ENGINE_CHOICES.get(name, ())
    if not value or (choices and value not in choices):
        raise InvalidSetting(f"{name} must be {', '.join(choices) or 'a text'}, not {value!r}")
    return value


def _sections(text: str) -> dict[str, dict[str, str]]:
    """Lines of `section.setting=value`; those without a value are left out."""
    sections: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition("=")
        section, _, setting = name.partition(".")
        if value.strip():
            sections.setdefault(section, {})[setting] = value.strip()
    return sections


def breaker() -> BreakerConfig:
    engine = engine_settings()
    return BreakerConfig(
        failures=int(engine["ChannelBreakerFailures"]),
        probe=timedelta(seconds=int(engine["ChannelProbeSeconds"])),
    )


def audit_seals() -> AuditSealConfig:
    return AuditSealConfig(_required("CERTCTL_AUDIT_BUCKET"), _optional("CERTCTL_SEAL_KEY_ARN"))


def acme() -> "AcmeSettings":
    from certctl.domain.acme.settings import AcmeSettings

    return AcmeSettings(
        host_name=_optional("CERTCTL_ACME_HOST_NAME"),
        former_host_names=_list("CERTCTL_ACME_FORMER_HOST_NAMES"),
        terms_url=_optional("CERTCTL_ACME_TERMS_URL"),
        website=_optional("CERTCTL_ACME_WEBSITE"),
        caa_identities=_list("CERTCTL_ACME_CAA_IDENTITIES"),
        binding_key_arn=_optional("CERTCTL_ACME_BINDING_KEY_ARN"),
    )


def acme_validation() -> "AcmeValidationSettings":
    from certctl.domain.acme.settings import AcmeValidationSettings

    return AcmeValidationSettings(
        dns_servers=_list("CERTCTL_ACME_DNS_SERVERS"),
        cidrs=_list("CERTCTL_ACME_VALIDATION_CIDRS"),
        caa_identities=_list("CERTCTL_ACME_CAA_IDENTITIES"),
        http_port=_number("CERTCTL_ACME_HTTP_PORT", 80),
        tls_port=_number("CERTCTL_ACME_TLS_PORT", 443),
    )


def notifications() -> NotificationConfig:
    engine = engine_settings()
    return NotificationConfig(
        max_attempts=int(engine["NotificationMaxAttempts"]),
        retry_base_seconds=int(engine["NotificationRetryBaseSeconds"]),
        retry_cap_seconds=int(engine["NotificationRetryCapSeconds"]),
        max_age=duration(engine["NotificationMaxAge"]),
        retention=timedelta(days=_number("CERTCTL_NOTIFICATION_RETENTION_DAYS", 400)),
        flood_limit=int(engine["NotificationFloodLimit"]),
    )


def channel_hosts() -> tuple[str, ...]:
    """Hosts of gateways to which keys of PagerDuty, OpsGenie and Jira Service Management may also be sent."""
    return tuple(host for host in engine_settings()["ChannelHosts"].split("+") if host)


def allowed_private_cidrs() -> tuple[str, ...]:
    """Private networks that outbound requests may reach; none by default."""
    return _list("CERTCTL_ALLOWED_PRIVATE_CIDRS")


def duration(text: str) -> timedelta:
    """`90`, `90s`, `5m`, `72h` or `3d`. Raises ValueError for others."""
    match = re.fullmatch(r"(\d+)([smhd]?)", text)
    if match is None:
        raise ValueError(f"not a duration: {text}")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise MissingSetting(f"{name} is not set")
    return value


def _optional(name: str) -> str:
    return os.environ.get(name, "").strip()


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def _list(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _optional(name).split(",") if part.strip())
