"""What the Tab key offers."""

from collections.abc import Callable

import pytest

from certctl_client.api import operations
from certctl_client.cli.ids import SOURCES, source_of
from certctl_client.contexts import Context, change_contexts
from certctl_client.main import main
from tests.support.client.samples import every_operation
from tests.support.client.server import Asked, LoopbackServer, Reply, json_reply, problem

_RECORDS = {
    "/api/v1/certificates": (operations.LIST_CERTIFICATES, "mc-1", "mc-2"),
    "/api/v1/jobs": (operations.LIST_JOBS, "job-1", "job-2"),
    "/api/v1/channels": (operations.LIST_CHANNELS, "slack-1", "mail-2"),
    "/api/v1/notifications": (operations.LIST_NOTIFICATIONS, "notif-1", "notif-2"),
}

type Complete = Callable[[str], list[str]]


def respond(asked: Asked) -> Reply:
    if asked.path not in _RECORDS:
        return problem(404)
    operation, *ids = _RECORDS[asked.path]
    if len(asked.query.get("search", "xx")) < 2:
        return problem(400)
    records = [dict.fromkeys(operation.required_fields, "x") | {"id": each} for each in ids]
    return json_reply({"data": records, "next_cursor": None, "per_page": 100})


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Complete:
    """What bash offers after these words."""

    def completed(words: str) -> list[str]:
        monkeypatch.setenv("_CERTCTL_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", f"certctl {words}")
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) + (words.endswith(" "))))
        main(())
        out, err = capsys.readouterr()
        assert err == ""
        return out.split()

    return completed


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> object:
    with LoopbackServer(respond).running() as server:
        monkeypatch.setenv("CERTCTL_URL", server.url)
        monkeypatch.setenv("CERTCTL_API_KEY", "certctl_x")
        yield server


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("certs get mc-", ["mc-1", "mc-2"]),
        ("certs get ", ["mc-1", "mc-2"]),
        ("certs revoke mc-2", ["mc-2"]),
        ("jobs get job-1", ["job-1"]),
        ("jobs list --certificate ", ["mc-1", "mc-2"]),
        ("channels test s", ["slack-1"]),
        ("notifications get ", ["notif-1", "notif-2"]),
        ("notifications requeue notif-2", ["notif-2"]),
        ("certs list --team ", []),
    ],
)
def test_ids_are_completed_where_an_id_is_meant(words: str, offered: list[str], complete: Complete) -> None:
    assert complete(words) == offered


def test_commands_options_and_choices_are_completed_without_a_server(complete: Complete) -> None:
    assert {"renew", "revoke"} <= set(complete("certs re"))
    assert "certs" in complete("ce")
    assert complete("certs revoke --rea") == ["--reason"]
    assert complete("certs list --status Ac") == ["Active"]
    assert complete("-o j") == ["json"]
    assert complete("audit list --action job_ap") == [
        "job_approval_given",
        "job_approval_required",
        "job_approved",
    ]


def test_contexts_are_completed(
    complete: Complete, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("CERTCTL_CONFIG", f"{tmp_path}/config.toml")
    environment = {"CERTCTL_CONFIG": f"{tmp_path}/config.toml"}
    change_contexts(environment, lambda stored: stored.with_context("prod", Context("https://x.example")))
    assert complete("--context p") == complete("context use ") == ["prod"]


def test_without_a_server_nothing_is_offered_and_nothing_is_printed(
    complete: Complete, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("CERTCTL_CONFIG", f"{tmp_path}/none.toml")
    assert complete("certs get ") == []


def test_each_source_of_ids_is_a_list_of_the_api() -> None:
    lists = {each.path for each in every_operation() if each.method == "GET"}
    assert {f"/api/v1/{source.path}" for source in SOURCES.values()} <= lists


@pytest.mark.usefixtures("server")
def test_after_one_letter_the_list_is_filtered_since_a_search_takes_two(complete: Complete) -> None:
    assert complete("certs get m") == ["mc-1", "mc-2"]


@pytest.mark.usefixtures("server")
def test_names_stand_beside_ids(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_CERTCTL_COMPLETE", "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "certctl channels test s")
    main(())
    assert '"slack-1":"x"' in capsys.readouterr().out


def test_a_file_is_no_id() -> None:
    assert source_of("key") is source_of("name") is None
    assert source_of("key_id") is not None
