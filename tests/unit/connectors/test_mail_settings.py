"""Settings of Email, SNS and EventBridge channels: what is refused when a channel is saved."""

import pytest

from certctl.domain.channels.kinds.email import check_mail_settings, is_address, port_of, refuse_exposure
from certctl.domain.channels.kinds.eventbridge import Bus, bus_of, source_of
from certctl.domain.channels.kinds.sns import Topic, topic_of
from certctl.domain.errors import InvalidInput
from certctl.domain.networks import PinnedHost, Reach

SMTP = {"from_address": "alerts@certctl.example", "host": "mail.example"}
SES = {"from_address": "alerts@certctl.example", "transport": "ses"}

_BUS = "arn:aws-cn:events:cn-north-1:123456789012:event-bus/certificates"


@pytest.mark.parametrize(
    "settings",
    [
        SMTP,
        SES,
        {**SMTP, "to": "ops+pki@team.shop.example", "port": "2525", "tls": "implicit"},
        {**SMTP, "host": "10.0.0.5", "port": "25", "tls": "none"},
        {**SMTP, "host": "[2606:4700::1111]", "username": "u", "password": "certctl/blue/channels/smtp"},
        {**SES, "configuration_set": "alerts", "to": ""},
    ],
)
def test_settings_that_can_be_meant_are_taken(settings: dict[str, str]) -> None:
    check_mail_settings(settings)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "from_address"),
        ({**SMTP, "from_address": "certctl"}, "from_address"),
        ({**SMTP, "from_address": "certctl <alerts@certctl.example>"}, "from_address"),
        ({**SMTP, "to": "ops"}, "to"),
        ({**SMTP, "to": "ops@shop.example, dev@shop.example"}, "to"),
        ({**SMTP, "transport": "sendmail"}, "transport"),
        ({**SMTP, "host": ""}, "host"),
        ({**SMTP, "host": "mail.example:25"}, "host"),
        ({**SMTP, "host": "user@mail.example"}, "host"),
        ({**SMTP, "host": "0177.0.0.1"}, "host"),
        ({**SMTP, "port": "0"}, "port"),
        ({**SMTP, "port": "65536"}, "port"),
        ({**SMTP, "port": "smtp"}, "port"),
        ({**SMTP, "tls": "maybe"}, "tls"),
        ({**SMTP, "username": "u"}, "password"),
        ({**SMTP, "password": "certctl/blue/channels/smtp"}, "password"),
    ],
)
def test_others_are_refused_by_the_name_of_the_setting(settings: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_mail_settings(settings)
    assert [problem.field for problem in refusal.value.problems] == [field]


@pytest.mark.parametrize(("tls", "port"), [("", 587), ("starttls", 587), ("none", 587), ("implicit", 465)])
def test_the_default_port_fits_the_kind_of_tls(tls: str, port: int) -> None:
    assert port_of({"tls": tls}) == port


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ops",
        "@shop.example",
        "ops@",
        "ops@@shop.example",
        "ops@shop..example",
        "ops@-shop.example",
        ".ops@shop.example",
        "ops.@shop.example",
        "o ps@shop.example",
        '"ops"@shop.example',
        "ops@[127.0.0.1]",
        "<ops@shop.example>",
        "ops@shop.example\n",
        "ops@shop.example\r\nRCPT TO:<x@evil.example>",
        "ops@shop.example,x@evil.example",
        "ops@shöp.example",
        "óps@shop.example",
        "ops@shop.example\x00",
        "a" * 65 + "@shop.example",
        "ops@" + "a." * 130 + "example",
        "team-01k7q6e5w3s2n8m4v0c9b1x7za",
    ],
)
def test_what_is_no_plain_address_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    "text", ["ops@shop.example", "o'ps+x_y=z@xn--shp-sna.example", "root@localhost", "a" * 64 + "@b.example"]
)
def test_plain_addresses_are_addresses(text: str) -> None:
    assert is_address(text)


def test_a_topic_has_a_region_and_may_be_fifo() -> None:
    arn = "arn:aws-cn:sns:cn-north-1:123456789012:alerts.fifo"
    assert topic_of({"topic_arn": arn}) == Topic(arn, "cn-north-1", is_fifo=True)


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "alerts",
        "arn:aws:sqs:eu-central-1:123456789012:alerts",
        "arn:aws:sns:eu-central-1:123456789012:alerts:0c9b1x7z-subscription",
        "arn:aws:sns:eu-central-1:123456789012:app/GCM/x",
        "arn:aws:sns:eu-central-1:123456789012:alerts\n",
        "arn:aws:sns:eu-central-1:123456789012:alerts.fifo.fifo",
    ],
)
def test_what_is_no_topic_is_refused(arn: str) -> None:
    with pytest.raises(InvalidInput, match="topic_arn"):
        topic_of({"topic_arn": arn})


@pytest.mark.parametrize(
    ("configured", "bus"),
    [
        ({}, Bus("default", "default", None)),
        ({"event_bus": ""}, Bus("default", "default", None)),
        ({"event_bus": "certificates"}, Bus("certificates", "certificates", None)),
        ({"event_bus": _BUS}, Bus(_BUS, "certificates", "cn-north-1")),
    ],
)
def test_a_bus_has_a_name_or_an_arn(configured: dict[str, str], bus: Bus) -> None:
    assert bus_of(configured) == bus
    assert bus.always_exists is (bus.name == "default")


@pytest.mark.parametrize(
    "bus",
    [
        "a bus",
        "aws.partner/example.com/1",
        "arn:aws:events:eu-central-1:123456789012:rule/certificates",
        "arn:aws:events:eu-central-1:12:event-bus/certificates",
        "certificates\n",
        "b" * 257,
    ],
)
def test_what_is_no_bus_is_refused(bus: str) -> None:
    with pytest.raises(InvalidInput, match="event_bus"):
        bus_of({"event_bus": bus})


def test_the_source_names_the_stack_unless_it_is_configured() -> None:
    assert source_of({}, "blue") == "certctl.blue"
    assert source_of({"source": "com.example.pki"}, "blue") == "com.example.pki"


@pytest.mark.parametrize("source", ["aws.certctl", "AWS.certctl", "two words", "s" * 257])
def test_what_aws_takes_as_no_source_is_refused(source: str) -> None:
    with pytest.raises(InvalidInput, match="source"):
        source_of({"source": source}, "blue")


def at(reach: Reach) -> PinnedHost:
    return PinnedHost("mail.example", 587, ("192.0.2.1",), reach)


LOGIN = {"username": "u", "password": "certctl/blue/channels/smtp"}


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({}, {Reach.LOCAL, Reach.PRIVATE, Reach.PUBLIC}),
        ({"port": "25", **LOGIN}, {Reach.LOCAL, Reach.PRIVATE, Reach.PUBLIC}),
        ({"tls": "implicit", **LOGIN}, {Reach.LOCAL, Reach.PRIVATE, Reach.PUBLIC}),
        ({"tls": "none"}, {Reach.LOCAL, Reach.PRIVATE}),
        ({"tls": "none", **LOGIN}, {Reach.LOCAL}),
        ({"port": "443"}, {Reach.LOCAL}),
        ({"port": "1025", "tls": "none", **LOGIN}, {Reach.LOCAL}),
    ],
)
def test_how_far_a_mail_may_go_depends_on_what_protects_it(
    settings: dict[str, str], allowed: set[Reach]
) -> None:
    refused = set()
    for reach in Reach:
        try:
            refuse_exposure(settings, at(reach))
        except InvalidInput:
            refused.add(reach)
    assert set(Reach) - refused == allowed
