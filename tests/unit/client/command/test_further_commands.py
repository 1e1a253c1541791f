"""`certctl api`, `open` and `jobs logs`, and what --json and --jq select."""

import json
from collections.abc import Iterator

import pytest

from certctl_client.api import operations
from certctl_client.exit_codes import ExitCode
from certctl_client.main import main
from tests.support.client.samples import sample, sampled
from tests.support.client.server import Asked, LoopbackServer, Reply, json_reply


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    with LoopbackServer(sampled).running() as server:
        monkeypatch.setenv("CERTCTL_URL", server.url)
        monkeypatch.setenv("CERTCTL_API_KEY", "certctl_x")
        yield server


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = main(arguments)
    out, err = capsys.readouterr()
    assert code == ExitCode.OK, err
    return out


@pytest.mark.usefixtures("server")
def test_fields_are_selected_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "teams", "list", "--json", "id,name")
    assert json.loads(out) == [{"id": "the-id", "name": "the-name"}]


@pytest.mark.usefixtures("server")
def test_a_jq_expression_prints_texts_as_they_are_and_other_values_as_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        printed(capsys, "teams", "list", "--jq", ".[].id, (.[0] | {name})")
        == 'the-id\n{"name": "the-name"}\n'
    )


@pytest.mark.usefixtures("server")
def test_a_selection_ends_with_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "teams", "get", "t-web", "--json", "id")
    assert printed(capsys, "teams", "get", "t-web", "-o", "name") == "the-id\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--json", "nmae"), "no field 'nmae'"), (("--json", ","), "no fields"), (("--jq", ".["), "--jq: ")],
)
def test_what_cannot_be_selected_is_wrong_usage(
    server: LoopbackServer, arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["teams", "list", *arguments]) == ExitCode.USAGE
    assert message in capsys.readouterr().err
    assert len(server.asked) == (message == "no field 'nmae'")


def test_without_the_package_jq_nothing_is_sent_and_the_message_says_how_to_get_it(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jq", None)
    assert main(["certs", "unhold", "sso", "--jq", "."]) == ExitCode.USAGE
    assert "'jq>=1.8,<2'" in capsys.readouterr().err
    assert server.asked == []


@pytest.mark.usefixtures("server")
def test_any_path_of_the_api_can_be_read_and_each_page_of_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "api", "teams/t-web"))["id"] == "the-id"
    assert json.loads(printed(capsys, "api", "/api/v1/teams", "--paginate", "--json", "id")) == [
        {"id": "the-id"}
    ]
    assert printed(capsys, "api", "/teams/t-web", "--jq", ".name") == "the-name\n"


def test_fields_are_a_query_or_a_body(server: LoopbackServer, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "api", "GET", "/jobs", "-f", "status=Failed", "-f", "per_page=5")
    printed(capsys, "api", "/certificates/sso/renew", "-f", "csr_pem=x")
    read, renewed = server.asked
    assert (read.method, read.query) == ("GET", {"status": "Failed", "per_page": "5"})
    assert (renewed.method, renewed.query) == ("POST", {})
    assert renewed.headers["idempotency-key"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("https://elsewhere.example/api/v1/teams",),
        ("//elsewhere.example/teams",),
        ("PATCH", "/teams"),
        ("GET", "/teams", "more"),
        ("POST", "/teams", "--paginate"),
        ("/teams", "-f", "novalue"),
    ],
)
def test_the_key_is_sent_to_its_server_alone(server: LoopbackServer, arguments: tuple[str, ...]) -> None:
    assert main(["api", *arguments]) == ExitCode.USAGE
    assert server.asked == []


@pytest.mark.parametrize(
    ("record", "page"),
    [
        ("job-1", "jobs?open=job-1"),
        ("notif-1", "notifications?open=notif-1"),
        ("cmp-1", "campaigns/cmp-1"),
        ("sso", "certificates/the-id"),
    ],
)
def test_the_address_of_a_record_is_printed(
    server: LoopbackServer, record: str, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, "open", record, "--no-browser") == f"{server.url}/{page}\n"


def test_a_record_of_the_catalog_is_found_among_its_kinds(
    server: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.respond = lambda asked: Reply(404) if "/teams/" not in asked.path else sampled(asked)
    assert printed(capsys, "open", "t-web", "--no-browser") == f"{server.url}/teams?open=t-web\n"


class Course:
    """A job that changes with each request."""

    def __init__(self, *statuses: str) -> None:
        self.left = list(statuses)

    def __call__(self, _: Asked) -> Reply:
        status = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        return json_reply(sample(operations.GET_JOB.response) | {"id": "job-1", "status": status})


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (("Completed",), ExitCode.OK),
        (("Failed",), ExitCode.FAILED),
        (("Running",), ExitCode.NOT_ENDED),
    ],
)
def test_the_log_of_a_job_ends_with_its_result(
    server: LoopbackServer, statuses: tuple[str, ...], code: ExitCode, capsys: pytest.CaptureFixture[str]
) -> None:
    server.respond = Course(*statuses)
    assert main(["jobs", "logs", "job-1"]) == code
    assert statuses[0] in capsys.readouterr().out


def test_a_log_that_is_followed_has_a_line_for_each_change(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("certctl_client.commands.job_logs._INTERVAL_SECONDS", 0.0)
    server.respond = Course("Pending", "Running", "Running", "Completed")
    assert main(["jobs", "logs", "job-1", "--follow"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[3] for line in lines] == ["Pending", "Running", "Completed"]
