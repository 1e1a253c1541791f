import pytest

from certctl.domain.audit.events import REDACTED, redacted
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS

PLAIN = frozenset().union(*(definition.plain_settings for definition in CHANNEL_KINDS))
TOKEN = "s3cret-t0ken"
URLS_WITH_SECRETS = [
    (f"https://hooks.slack.com/services/T0/B0/{TOKEN}", "https://hooks.slack.com/[redacted]"),
    (f"https://user:{TOKEN}@example.com:8443", "https://example.com:8443/[redacted]"),
    (f"https://{TOKEN}@example.com/", "https://example.com/[redacted]"),
    (f"https://example.com?key={TOKEN}", "https://example.com/[redacted]"),
    (f"https://example.com#{TOKEN}", "https://example.com/[redacted]"),
    (f"HTTPS://EXAMPLE.com/{TOKEN}", "https://example.com/[redacted]"),
    (f"https://[2001:db8::1]:444/{TOKEN}", "https://[2001:db8::1]:444/[redacted]"),
]
NO_URLS = [
    TOKEN,
    "",
    f"https:{TOKEN}",
    f"https:/{TOKEN}",
    f"https:///{TOKEN}",
    f"ftp://example.com/{TOKEN}",
    f"https://example.com:{TOKEN}/",
    f"https://[{TOKEN}/",
    f"https://exa mple.com\\{TOKEN}",
    f"https://a\\@{TOKEN}_b/",
    f"//example.com/{TOKEN}",
    f"certctl/blue/other/{TOKEN}",
    f"certctl/blue/channels/x {TOKEN}",
]


@pytest.mark.parametrize("name", ["url", "secret", "host", "channel", "anything"])
@pytest.mark.parametrize(("url", "shown"), URLS_WITH_SECRETS)
def test_of_a_url_only_scheme_host_and_port_are_shown(name: str, url: str, shown: str) -> None:
    assert redacted({name: url}, PLAIN) == {name: shown}


@pytest.mark.parametrize("name", ["url", "secret", "routing_key", "api_key", "password", "anything"])
@pytest.mark.parametrize("value", NO_URLS)
def test_a_value_that_is_no_url_and_no_reference_is_not_shown(name: str, value: str) -> None:
    assert redacted({name: value}, PLAIN) == {name: REDACTED}


@pytest.mark.parametrize("url", ["https://events.pagerduty.com", "https://api.eu.opsgenie.com/"])
def test_a_url_that_is_a_host_only_carries_no_mark(url: str) -> None:
    assert redacted({"url": url}, PLAIN) == {"url": url.rstrip("/")}


@pytest.mark.parametrize("reference", ["certctl/blue/channels/slack", "/certctl/blue/channels/a.b_c-1"])
def test_references_to_secrets_are_shown(reference: str) -> None:
    settings = {"url": reference, "password": reference}
    assert redacted(settings, PLAIN) == settings


def test_plain_settings_are_shown() -> None:
    settings = {
        "channel": "#alerts",
        "event_bus": "certificates",
        "username": "certctl",
        "to": "ops@example.com",
        "from_address": "Certctl <certctl@example.com>",
        "host": "smtp.example.com",
        "port": "587",
        "tls": "starttls",
        "topic_arn": "arn:aws:sns:eu-central-1:123456789012:alerts",
    }
    assert redacted(settings, PLAIN) == settings
