"""A secret goes to one destination only, whatever channels are set up, and a provider's key to the
provider."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.channels import ChannelChecks
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.errors import ChangedMeanwhile, InvalidInput
from certctl.domain.kinds import ChannelKind
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.channels.secret_bindings import SecretBindingStore
from tests.integration.channels.conftest import CHANNELS, ChannelsApi, error_fields

REF = "certctl/blue/channels/shared"
MAIL = {"from_address": "a@example.com", "username": "u", "password": REF, "host": "127.0.0.1"}
OTHER_USES = [
    ("Email", MAIL, "password"),
    ("PagerDuty", {"routing_key": REF}, "routing_key"),
    ("OpsGenie", {"api_key": REF}, "api_key"),
    ("Slack", {"url": REF}, "url"),
    ("Webhook", {"url": "https://127.0.0.1/x", "secret": REF}, "secret"),
]


def stored(channels: ChannelsApi, channel_id: str, kind: ChannelKind, settings: dict[str, str]) -> None:
    """Stores a channel of an earlier release, which bound no secrets."""
    now = channels.stack.clock()
    record = ChannelRecord(channel_id, kind, settings, now, now)
    channels.stack.database.write(ChannelRecordStore(channels.stack.database).create_step(record))


@pytest.mark.parametrize(("kind", "settings", "field"), OTHER_USES, ids=lambda part: str(part)[:12])
@pytest.mark.parametrize(("first_kind", "first", "_"), OTHER_USES, ids=lambda part: str(part)[:12])
def test_a_secret_of_one_place_is_refused_for_every_other(
    channels: ChannelsApi,
    first_kind: str,
    first: dict[str, str],
    _: str,
    kind: str,
    settings: dict[str, str],
    field: str,
) -> None:
    channels.made("first", kind=first_kind, settings=first)

    answer = channels.make("second", kind=kind, settings=settings)

    if kind == first_kind:
        assert answer.status == 201, answer.text
    else:
        assert error_fields(answer) == {f"settings.{field}"}


def test_the_password_of_a_mail_server_does_not_go_to_another(channels: ChannelsApi) -> None:
    channels.made("mail", kind="Email", settings=MAIL)
    moved = MAIL | {"host": "localhost"}

    answers = [channels.put("mail", settings=moved), channels.make("other", kind="Email", settings=moved)]

    assert [error_fields(answer) for answer in answers] == [{"settings.password"}] * 2
    assert channels.put("mail", settings=moved | {"password": f"{REF}-2"}).status == 200
    assert error_fields(channels.make("third", kind="Email", settings=moved)) == {"settings.password"}


def test_a_deleted_channel_frees_no_secret(channels: ChannelsApi) -> None:
    channels.made("mail", kind="Email", settings=MAIL)
    assert channels.api.delete(f"{CHANNELS}/mail").status == 204

    answer = channels.make("other", kind="Email", settings=MAIL | {"host": "localhost"})

    assert error_fields(answer) == {"settings.password"}


def test_a_deleted_channel_of_an_earlier_release_frees_none_either(channels: ChannelsApi) -> None:
    stored(channels, "old", ChannelKind.EMAIL, MAIL)
    moved = MAIL | {"host": "localhost"}

    while_it_is_there = channels.make("other", kind="Email", settings=moved)
    channels.api.delete(f"{CHANNELS}/old")
    after = channels.make("other", kind="Email", settings=moved)

    assert error_fields(while_it_is_there) == error_fields(after) == {"settings.password"}


def test_a_secret_of_a_configured_channel_is_its_own(channels: ChannelsApi) -> None:
    stolen = MAIL | {"password": "certctl/blue/channels/slack"}

    assert error_fields(channels.make("thief", kind="Email", settings=stolen)) == {"settings.password"}


def test_channels_of_an_earlier_release_that_share_a_secret_still_work_and_can_be_edited(
    channels: ChannelsApi,
) -> None:
    stored(channels, "one", ChannelKind.EMAIL, MAIL)
    stored(channels, "two", ChannelKind.EMAIL, MAIL | {"host": "localhost"})

    edited = [
        channels.put("one", settings=MAIL | {"to": "ops@example.com"}),
        channels.put("two", settings=MAIL | {"host": "localhost", "to": "ops@example.com"}),
    ]

    assert [answer.status for answer in edited] == [200, 200]


def test_of_two_channels_at_once_one_gets_the_secret(channels: ChannelsApi) -> None:
    store, database = SecretBindingStore(channels.stack.database), channels.stack.database

    def bind(where: str) -> bool:
        try:
            database.transact(store.bind_steps({REF: where}, {}))
        except ChangedMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        bound = list(pool.map(bind, ["a", "b", "c", "d"]))

    assert sum(bound) == 1


@pytest.fixture
def checks() -> ChannelChecks:
    """The checks of a deployed stack: every host has a public address."""
    guard = AddressGuard(GuardPolicy.for_stack(), lambda *_: ["93.184.215.14"])
    return ChannelChecks(guard, "blue", ("gateway.example.com",), CHANNEL_KINDS)


def a_channel(kind: ChannelKind, url: str, secret: str = REF) -> ChannelConfig:
    key = "routing_key" if kind is ChannelKind.PAGERDUTY else "api_key"
    return ChannelConfig("one", kind, {key: secret, "url": url})


def refused(checks: ChannelChecks, *configs: Any) -> list[str]:
    try:
        checks.check(*configs)
    except InvalidInput as error:
        return [problem.field for problem in error.problems]
    return []


PROVIDERS = [
    (ChannelKind.PAGERDUTY, "https://events.eu.pagerduty.com"),
    (ChannelKind.OPSGENIE, "https://api.eu.opsgenie.com/v2/alerts"),
    (ChannelKind.JSM, "https://API.atlassian.com"),
]


@pytest.mark.parametrize(("kind", "url"), PROVIDERS)
def test_a_providers_key_goes_to_the_provider_or_to_a_gateway_that_the_deployment_allows(
    checks: ChannelChecks, kind: ChannelKind, url: str
) -> None:
    elsewhere = [
        "https://evil.example.com",
        f"https://{url.split('/')[2]}.evil.example.com",
        "https://93.184.215.14",
    ]

    assert refused(checks, a_channel(kind, url)) == []
    assert refused(checks, a_channel(kind, "https://gateway.example.com/alerts")) == []
    assert [refused(checks, a_channel(kind, each)) for each in elsewhere] == [["settings.url"]] * 3


def test_a_channel_that_has_another_host_keeps_it_until_its_url_or_key_changes(checks: ChannelChecks) -> None:
    before = a_channel(ChannelKind.PAGERDUTY, "https://evil.example.com")
    other_url = a_channel(ChannelKind.PAGERDUTY, "https://evil.example.com/other")
    other_key = a_channel(ChannelKind.PAGERDUTY, "https://evil.example.com", f"{REF}-2")

    found = [refused(checks, after, before) for after in (before, other_url, other_key)]

    assert found == [[], ["settings.url"], ["settings.url"]]
