"""Routes by which an agent polls for its work, and exchanges its key."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from certctl.api.agents.consent_schemas import ConsentDigest
from certctl.api.agents.crl_schemas import WantsCrlBundles
from certctl.api.agents.probe_schemas import WantsProbes, order_views
from certctl.api.agents.schemas import (
    HeartbeatBody,
    HeartbeatView,
    MaxPollSeconds,
    RotatedKeyView,
    WorkPageView,
    heartbeat_view,
    poll_view,
    rotated_view,
    work_page_view,
)
from certctl.api.idempotency import Replay
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PerPage
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.agents.polling import AgentWork
    from certctl.services.inventory.agent_probes import AgentProbes

_BASE = "/api/v1/agent"
_TAGS = ["agent"]


def add_agent_work_routes(
    api: Api, work: "Callable[[], AgentWork]", probing: "Callable[[], AgentProbes]"
) -> None:
    """An agent sees its own jobs and endpoints only."""

    @api.post(
        f"{_BASE}/heartbeat",
        Permission.AGENT_WORK,
        summary="Report that the agent is online, and return its open work",
        tags=_TAGS,
    )
    def send_heartbeat(
        body: HeartbeatBody,
        max_poll_seconds: MaxPollSeconds = None,
        consent_digest: ConsentDigest = None,
        wants_crl_bundles: WantsCrlBundles = None,
        wants_probes: WantsProbes = None,
    ) -> HeartbeatView:
        report, news = body.parsed(api.call.source_ip), body.news(consent_digest)
        if max_poll_seconds is None:
            return heartbeat_view(work().heartbeat(api.caller, report, news))
        wish = timedelta(seconds=max_poll_seconds)
        crls = None if wants_crl_bundles is None else body.crl_news()
        heard, page = work().poll(api.caller, report, news, wish, DEFAULT_PER_PAGE, crls)
        view = poll_view(heard, page, position_view(page.jobs.next))
        if wants_probes is None:
            return view
        orders = probing().exchange(api.caller, [each.parsed() for each in body.probes])
        return {**view, "probes": order_views(orders)}

    @api.post(
        f"{_BASE}/key/rotate",
        Permission.API_KEYS_ROTATE,
        Replay.REFUSAL,
        summary="Exchange the agent's key: the old one stays valid until an hour after its first heartbeat",
        tags=_TAGS,
        status_code=201,
    )
    def rotate_agent_key() -> RotatedKeyView:
        return rotated_view(work().rotate_key(api.caller))

    @api.get(
        f"{_BASE}/work", Permission.AGENT_WORK, summary="List the work that waits for the agent", tags=_TAGS
    )
    def list_work(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> WorkPageView:
        page = work().page(api.caller, position_of(cursor), per_page)
        return work_page_view(page, position_view(page.jobs.next), per_page)
