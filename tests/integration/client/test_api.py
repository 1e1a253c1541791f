"""The HTTP client against a real server on loopback: retries, refusals, pages."""

import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from certctl_client.api.paths import path_of
from certctl_client.api.retrying import RetryPolicy
from certctl_client.api.transport import Api
from certctl_client.errors import CommandError, RequestFailed, Unreachable
from certctl_client.exit_codes import ExitCode
from certctl_client.settings import Settings
from tests.support.client.server import HANG_UP, KEY, LoopbackServer, Reply, json_reply, problem

PATH = path_of("things", "a b")


def served(*first: Reply, then: Reply | None = None) -> LoopbackServer:
    answer = then or json_reply({"fine": True})
    return LoopbackServer(lambda _: answer, *first)


def read(server: LoopbackServer, waits: list[float] | None = None) -> object:
    waited = [] if waits is None else waits
    with server.running(), Api(Settings(server.url, KEY), sleep=waited.append) as api:
        return api.read(PATH)


def test_the_key_goes_along_and_segments_are_escaped() -> None:
    server = served()
    assert read(server) == {"fine": True}
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert server.asked[0].headers["user-agent"].startswith("certctl/")
    assert server.asked[0].path == "/api/v1/things/a%20b"


@pytest.mark.parametrize("failure", [problem(502), problem(503), problem(429), HANG_UP])
def test_passing_failures_are_tried_again(failure: Reply) -> None:
    waits: list[float] = []
    assert read(served(failure, failure, failure), waits) == {"fine": True}
    assert len(waits) == 3
    assert all(0 <= wait <= 0.25 * 2**turn for turn, wait in enumerate(waits))


@pytest.mark.parametrize("failure", [problem(400), problem(401), problem(404), problem(409), problem(500)])
def test_other_failures_are_not_tried_again(failure: Reply) -> None:
    server = served(then=failure)
    with pytest.raises(RequestFailed):
        read(server)
    assert len(server.asked) == 1


def test_it_gives_up_after_four_attempts() -> None:
    server = served(then=problem(503, "Not now."))
    with pytest.raises(RequestFailed, match="Not now"):
        read(server)
    assert len(server.asked) == 4


def test_retry_after_is_kept_in_seconds_and_as_a_date_and_never_for_long() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    asked = ("7", date, "86400")
    waits: list[float] = []
    read(served(*(Reply(429, headers={"Retry-After": text}) for text in asked)), waits)
    assert waits[0] == 7
    assert 20 < waits[1] <= 30
    assert waits[2] == 60


@pytest.mark.parametrize("text", ["", "soon", "-5", "1e9", "²", "Thu, 99 Foo 2026"])
def test_a_retry_after_that_says_nothing_is_passed_over(text: str) -> None:
    waits: list[float] = []
    read(served(Reply(503, headers={"Retry-After": text.encode().decode("latin-1")})), waits)
    assert 0 <= waits[0] <= 0.25


@pytest.mark.parametrize(
    ("reply", "code", "message", "advice"),
    [
        (problem(401, "No such key."), ExitCode.DENIED, "No such key.", "CERTCTL_API_KEY"),
        (problem(403, "Not yours."), ExitCode.DENIED, "Not yours.", "role"),
        (problem(404, "No such thing."), ExitCode.NOT_FOUND, "No such thing.", "id"),
        (problem(409, "Changed."), ExitCode.FAILED, "Changed.", "again"),
        (problem(500, "The request failed."), ExitCode.FAILED, "The request failed.", "req-1"),
        (
            problem(422, "Bad.", errors=[{"field": "per_page", "message": "too large"}]),
            ExitCode.FAILED,
            "Bad.\n  per_page: too large",
            "",
        ),
        (Reply(413, b"<html>"), ExitCode.FAILED, "The server returned 413.", "1 MiB"),
        (
            Reply(302, headers={"Location": "https://a.example/"}),
            ExitCode.FAILED,
            "302",
            "CERTCTL_URL",
        ),
        (Reply(404, b"[" * 100_000), ExitCode.NOT_FOUND, "404", "id"),
        (Reply(404, b"\xff"), ExitCode.NOT_FOUND, "404", "id"),
        (problem(404, "\x1b[2Jgone"), ExitCode.NOT_FOUND, "\\x1b[2Jgone", "id"),
    ],
)
def test_a_refusal_says_what_to_do_next(reply: Reply, code: ExitCode, message: str, advice: str) -> None:
    with pytest.raises(RequestFailed) as failed:
        read(served(then=reply))
    assert failed.value.code is code
    assert message in failed.value.message
    assert advice in failed.value.next_step
    assert KEY not in repr(failed.value) + failed.value.message + failed.value.next_step


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b"\xff", b"[" * 100_000])
def test_a_response_that_is_not_an_object_is_not_our_api(body: bytes) -> None:
    with pytest.raises(CommandError, match="not from certctl's"):
        read(served(then=Reply(200, body)))


def test_an_unreachable_server_is_reported_after_the_attempts() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = Settings(f"http://127.0.0.1:{unused.getsockname()[1]}", KEY)
    waits: list[float] = []
    with Api(settings, sleep=waits.append) as api, pytest.raises(Unreachable) as failed:
        api.read(PATH)
    assert len(waits) == 3
    assert failed.value.code is ExitCode.UNREACHABLE


def test_pages_are_followed_to_the_end_and_may_be_empty() -> None:
    pages = [
        {"data": [{"n": 1}], "next_cursor": "a"},
        {"data": [], "next_cursor": "b"},
        {"data": [{"n": 2}, {"n": 3}], "next_cursor": None},
    ]
    server = served(*map(json_reply, pages))
    with server.running(), Api(Settings(server.url, KEY)) as api:
        assert [r["n"] for r in api.records(PATH, {"per_page": 2, "none": None})] == [1, 2, 3]
    assert [asked.query.get("cursor") for asked in server.asked] == [None, "a", "b"]
    assert all(asked.query["per_page"] == "2" and "none" not in asked.query for asked in server.asked)


@pytest.mark.parametrize(
    "page",
    [{}, {"data": {}}, {"data": [1], "next_cursor": None}, {"data": [], "next_cursor": 7}],
    ids=json.dumps,
)
def test_a_list_of_another_form_is_not_our_api(page: object) -> None:
    server = served(then=json_reply(page))
    with server.running(), Api(Settings(server.url, KEY)) as api, pytest.raises(CommandError):
        list(api.records(PATH))


def test_a_cursor_that_leads_back_to_itself_ends() -> None:
    server = served(then=json_reply({"data": [], "next_cursor": "same"}))
    with server.running(), Api(Settings(server.url, KEY)) as api, pytest.raises(CommandError):
        list(api.records(PATH))
    assert len(server.asked) == 2


def test_one_attempt_can_be_all() -> None:
    server = served(then=problem(503))
    with (
        server.running(),
        Api(Settings(server.url, KEY), RetryPolicy(attempts=1)) as api,
        pytest.raises(RequestFailed),
    ):
        api.read(PATH)
    assert len(server.asked) == 1
