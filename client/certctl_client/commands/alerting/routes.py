"""Routes as text: `critical,RenewalFailure=pagerduty-default,slack-ops`, or `slack-ops` for any alert."""

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from certctl_client.api.schema import NotificationType, RouteBody, RouteView, Severity
from certctl_client.errors import ConfigurationError

_SEVERITIES: Sequence[str] = get_args(Severity)
_TYPES: Sequence[str] = get_args(NotificationType)
_KNOWN: Mapping[str, str] = {word.lower(): word for word in (*_SEVERITIES, *_TYPES)}

ROUTE_HELP = (
    "CHANNEL,... for any alert, or SEVERITY,...,TYPE,...=CHANNEL,... for these only. Repeatable: the first "
    "route that matches an alert decides."
)


def route_of(text: str) -> RouteBody:
    """Parses a route. Raises ConfigurationError."""
    about, equals, channels = text.rpartition("=")
    words = [_known(word) for word in _parts(about)]
    route: RouteBody = {"channels": _parts(channels)}
    if not route["channels"] or (equals and not words):
        raise ConfigurationError(f"{text!r} is not a route.", "Use slack-ops, or critical=slack-ops.")
    if severities := [word for word in _SEVERITIES if word in words]:
        route["severities"] = severities  # type: ignore[typeddict-item]  # taken from the type itself
    if types := [word for word in _TYPES if word in words]:
        route["types"] = types  # type: ignore[typeddict-item]  # taken from the type itself
    return route


def route_text(route: RouteView) -> str:
    """The text of a route, which `route_of` parses."""
    about = ",".join([*route["severities"], *route["types"]])
    channels = ",".join(route["channels"])
    return f"{about}={channels}" if about else channels


def routes_text(routes: Iterable[RouteView]) -> str:
    return "; ".join(map(route_text, routes))


def _known(word: str) -> str:
    if word.lower() not in _KNOWN:
        raise ConfigurationError(
            f"{word!r} is neither a severity nor a type of alert.",
            f"Severities: {', '.join(_SEVERITIES)}. Types: {', '.join(_TYPES)}.",
        )
    return _KNOWN[word.lower()]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
