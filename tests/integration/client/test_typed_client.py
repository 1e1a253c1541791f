"""The typed methods over HTTP: which requests are repeated, and responses of another version."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from certctl_client.api.resources import Stack
from certctl_client.api.transport import Api
from certctl_client.errors import CommandError, ConfigurationError, Unreachable
from certctl_client.settings import Settings
from tests.support.client.server import KEY, LoopbackServer, json_reply


@contextmanager
def stack_at(url: str, waits: list[float] | None = None) -> Iterator[Stack]:
    waited = [] if waits is None else waits
    with Api(Settings(url, KEY), sleep=waited.append) as api:
        yield Stack(api)


@contextmanager
def answering(body: object) -> Iterator[tuple[LoopbackServer, Stack]]:
    with LoopbackServer(lambda _: json_reply(body)).running() as server, stack_at(server.url) as stack:
        yield server, stack


def test_a_response_of_another_version_is_reported_as_such() -> None:
    with (
        answering({"id": "job-1", "type": "Issuance"}) as (_, stack),
        pytest.raises(CommandError, match=r"lacks agent_id, .*") as failed,
    ):
        stack.jobs.get("job-1")
    assert "same version" in failed.value.next_step


def test_a_record_of_a_list_is_checked_too() -> None:
    page = {"data": [{"id": "key-1"}], "next_cursor": None, "per_page": 1}
    with answering(page) as (_, stack), pytest.raises(CommandError):
        list(stack.keys.all({}))


@pytest.mark.parametrize("bad", ["", ".", "..", "..."])
def test_an_id_that_would_name_another_path_is_never_sent(bad: str) -> None:
    with answering({}) as (server, stack):
        with pytest.raises(ConfigurationError):
            stack.certificates.pem(bad)
        assert server.asked == []


def test_an_id_that_would_lead_to_another_path_is_not_sent() -> None:
    with answering({}) as (server, stack):
        with pytest.raises(CommandError, match="is not an id"):
            stack.notifications.get("a/../b?c#d")
        assert server.asked == []


def test_what_was_never_sent_may_be_tried_again_whatever_it_does() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    waits: list[float] = []
    with stack_at(url, waits) as stack, pytest.raises(Unreachable) as failed:
        stack.channels.test("slack-default")
    assert len(waits) == 3
    assert not failed.value.was_sent
