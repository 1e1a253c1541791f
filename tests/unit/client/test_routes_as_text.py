"""Routes of routing rules as `--route` takes them and `routing list` shows them."""

from typing import cast

import pytest

from certctl_client.api.schema import RouteBody, RouteView
from certctl_client.commands.alerting.routes import route_of, route_text
from certctl_client.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("slack-ops", {"channels": ["slack-ops"]}),
        ("slack-ops, mail", {"channels": ["slack-ops", "mail"]}),
        ("critical=pager", {"channels": ["pager"], "severities": ["critical"]}),
        (
            "Critical,warning,renewalfailure=pager,slack",
            {
                "channels": ["pager", "slack"],
                "severities": ["warning", "critical"],
                "types": ["RenewalFailure"],
            },
        ),
    ],
)
def test_a_route_is_read_in_any_case(text: str, route: RouteBody) -> None:
    assert route_of(text) == route


@pytest.mark.parametrize("text", ["slack", "critical=pager,slack", "info,Revocation=hook"])
def test_a_route_is_shown_as_it_is_typed(text: str) -> None:
    read = {"severities": [], "types": [], **route_of(text)}
    assert route_text(cast(RouteView, read)) == text


@pytest.mark.parametrize("text", ["", "=", "critical=", "=slack"])
def test_a_route_without_channels_or_alerts_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a route"):
        route_of(text)


def test_a_typo_is_refused_with_what_exists() -> None:
    with pytest.raises(ConfigurationError, match="'critcal' is neither a severity nor a type") as refused:
        route_of("critcal=slack")
    assert "Severities: info, warning, critical. Types: " in refused.value.next_step
