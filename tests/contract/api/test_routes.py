"""What template.yaml sends to a function is what the function answers."""

import re

import pytest

from certctl.api.resolver import Route
from tests.support.functions.functions import all_routes, api_modules
from tests.support.template import resources_of_type

_EVERYTHING = re.compile("")


def _event_paths() -> dict[str, list[re.Pattern[str]]]:
    """Folder name -> patterns of the paths that the gateway sends to it."""
    functions = resources_of_type("AWS::Serverless::Function").values()
    return {
        function["Properties"]["CodeUri"].strip("/").rpartition("/")[2]: [
            _pattern(event["Properties"].get("Path"))
            for event in function["Properties"].get("Events", {}).values()
            if event["Type"] == "HttpApi"
        ]
        for function in functions
    }


def _pattern(path: str | None) -> re.Pattern[str]:
    """Only `$default` has no path."""
    if path is None:
        return _EVERYTHING
    return re.compile(re.escape(path).replace(r"\{proxy\+\}", ".+") + "$")


@pytest.mark.parametrize(("folder", "route"), all_routes(), ids=lambda part: str(getattr(part, "path", part)))
def test_the_gateway_sends_each_route_to_its_function(folder: str, route: Route) -> None:
    path = re.sub(r"<\w+>", "id-1", route.path)
    takers = {
        name
        for name, patterns in _event_paths().items()
        if any(pattern is not _EVERYTHING and pattern.match(path) for pattern in patterns)
    }
    assert takers == {folder}


def test_every_function_that_the_gateway_calls_has_routes() -> None:
    """But for OCSP and ACME, which have APIs of their own and take no plain JSON."""
    called = {folder for folder, patterns in _event_paths().items() if patterns}
    assert called == {*api_modules(), "ocsp_responder", "acme_api"}


def test_only_the_public_function_has_routes_for_anyone_but_that_of_bootstrap_tokens() -> None:
    """An agent that registers has no key yet: its token is read by the use case (docs/adr/0017)."""
    for_anyone = {(folder, r.handler) for folder, r in all_routes() if r.permission is None}
    assert {each for each in for_anyone if each[0] != "public_api"} == {
        ("agents_api", "register_with_token"),
        ("identity_api", "exchange_token"),
        ("identity_api", "revoke_credential"),
        ("identity_api", "list_sign_in_providers"),
        ("identity_api", "begin_sign_in"),
        ("identity_api", "finish_sign_in"),
    }


def test_unknown_routes_go_to_the_public_function_and_in_the_api_of_acme_to_its_own() -> None:
    takers = {f for f, patterns in _event_paths().items() if _EVERYTHING in patterns}
    assert takers == {"acme_api", "public_api"}


def test_every_post_that_makes_a_record_takes_an_idempotency_key() -> None:
    """REST's rule of thumb: a POST to a collection creates."""
    collections = [r for _, r in all_routes() if r.method == "POST" and r.path.count("/") == 3]
    assert [route.path for route in collections if route.replay is None] == []
