"""What a person reads of a refusal by the server."""

from typing import Any

import pytest

from certctl_client.api.http import httpx
from certctl_client.api.problems import request_failed
from certctl_client.exit_codes import ExitCode


def refusal(status: int, **problem: Any) -> str:
    return request_failed(httpx.Response(status, json=problem)).message


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("team_id: There is no such team.", "team_id: There is no such team."),
        ("The request is invalid.", "The request is invalid.\n  team_id: There is no such team."),
    ],
)
def test_a_refused_field_is_named_once(detail: str, shown: str) -> None:
    errors = [{"field": "team_id", "message": "There is no such team."}]
    assert refusal(422, detail=detail, errors=errors) == shown


@pytest.mark.parametrize("kind", ["sign-in-required", "key-asleep"])
def test_a_refusal_that_a_sign_in_mends_says_how(kind: str) -> None:
    problem = {"type": f"urn:certctl:problem:{kind}", "detail": "No."}
    refused = request_failed(httpx.Response(401, json=problem))
    assert refused.code == ExitCode.DENIED
    assert "certctl login" in refused.next_step
