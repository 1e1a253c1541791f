"""Receivers of the demo's alerts, on the front door: one accepts them, one is down, one is gone."""

from collections.abc import Mapping

from aiohttp import web

PATH = "/demo/receivers/{behaviour:.*}"
# What Slack, PagerDuty and a webhook take for a delivery is `ok`, 202 and any 2xx.
_ANSWERS: Mapping[str, tuple[int, str]] = {
    "working": (200, "ok"),
    "accepting": (202, '{"status": "success"}'),
    "down": (503, "upstream connect error"),
    "gone": (410, "no such hook"),
}


def url(api_url: str, behaviour: str) -> str:
    """Where the receiver with this behaviour is."""
    return f"{api_url}/demo/receivers/{behaviour}"


async def answer(request: web.Request) -> web.Response:
    """Responds like the receiver in the path; 404 for an unknown one."""
    behaviour = request.match_info["behaviour"].partition("/")[0]
    status, text = _ANSWERS.get(behaviour, (404, "no such receiver"))
    return web.Response(status=status, text=text)
