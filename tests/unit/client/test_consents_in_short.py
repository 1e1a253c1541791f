"""What lists say of an agent's consent and of a target's fitness."""

from typing import Any

import pytest

from certctl_client.catalog.consents import allowed_in_short, fitness_in_short

_NAMED: dict[str, Any] = {
    "source": "file",
    "kinds": ["NGINX", "Files"],
    "any_directory": False,
    "any_command": False,
    "any_owner": False,
    "any_verify_address": False,
}


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ({}, None),
        ({"consent": None}, "ANYTHING (never reported)"),
        ({"consent": _NAMED}, "NGINX, Files"),
        ({"consent": _NAMED | {"kinds": []}}, "nothing"),
        ({"consent": _NAMED | {"any_command": True}}, "NGINX, Files; ANY command"),
        (
            {"consent": _NAMED | {"source": "enrolment", "any_directory": True, "any_owner": True}},
            "NGINX, Files; ANY directory, owner; no consent file",
        ),
    ],
)
def test_an_agent_without_a_bound_is_marked(agent: dict[str, Any], shown: str | None) -> None:
    assert allowed_in_short(agent) == shown


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ({}, None),
        ({"unfit": []}, "yes"),
        ({"unfit": [{"field": "config.owner", "message": "no"}]}, "NO: config.owner"),
    ],
)
def test_a_target_that_does_not_fit_is_marked(target: dict[str, Any], shown: str | None) -> None:
    assert fitness_in_short(target) == shown
