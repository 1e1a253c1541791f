"""What `certctl certs create` takes from the context in use."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certctl_client.contexts import Context, change_contexts, load_contexts
from certctl_client.exit_codes import ExitCode
from certctl_client.main import main
from tests.support.client.samples import sampled
from tests.support.client.server import LoopbackServer


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A context of a server, in use; the current directory is empty."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = str(tmp_path / "config.toml")
    monkeypatch.setenv("CERTCTL_CONFIG", path)
    for name in ("CERTCTL_URL", "CERTCTL_API_KEY", "CERTCTL_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    with LoopbackServer(sampled).running() as server:
        entry = Context(server.url, "certctl_x")
        change_contexts({"CERTCTL_CONFIG": path}, lambda stored: stored.with_context("prod", entry))
        yield {"CERTCTL_CONFIG": path}


def requested(directory: str) -> dict[str, Any]:
    """The fields of the request that is stored in a directory."""
    body: dict[str, Any] = json.loads(Path(directory, "request.json").read_text())["asked"]["body"]
    return body


def test_one_word_requests_a_certificate_with_the_defaults(environment: dict[str, str]) -> None:
    main(["context", "set", "--team", "t-web", "--profile", "prof-web", "--domain", "example.com"])
    main(["certs", "create", "www"])
    assert requested("www") == {
        "common_name": "www.example.com",
        "team_id": "t-web",
        "profile_id": "prof-web",
    }


def test_what_is_typed_overrides_the_defaults(environment: dict[str, str]) -> None:
    main(["context", "set", "--team", "t-web", "--domain", "example.com"])
    main(["certs", "create", "www.example.org", "--team", "t-other", "--out", "there"])
    assert requested("there") == {"common_name": "www.example.org", "team_id": "t-other"}


def test_an_empty_text_removes_a_default_and_the_key_stays(environment: dict[str, str]) -> None:
    main(["context", "set", "--team", "t-web", "--issuer", "iss-x"])
    main(["context", "set", "prod", "--team", ""])
    stored = load_contexts(environment).contexts["prod"]
    assert (stored.team, stored.issuer, stored.api_key) == ("", "iss-x", "certctl_x")


@pytest.mark.parametrize("arguments", [(), ("www", "--cn", "www.example.com")])
def test_a_certificate_has_one_name(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert main(["certs", "create", *arguments]) == ExitCode.USAGE


def test_nothing_to_set_is_wrong_usage(environment: dict[str, str]) -> None:
    assert main(["context", "set"]) == ExitCode.USAGE
