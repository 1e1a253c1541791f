"""Tools in sets, so that a model's context holds those that it needs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver.tools import Tool
from mcp_types import ToolAnnotations

from certctl_client.api.resources import Stack
from certctl_client.mcp.arguments import PlainTool
from certctl_client.mcp.failures import as_tool
from certctl_client.mcp.results import ToolResult
from certctl_client.mcp.tools.acting import Acting
from certctl_client.mcp.tools.checking import Checking
from certctl_client.mcp.tools.overview import Overview
from certctl_client.mcp.tools.probing import Probing
from certctl_client.mcp.tools.reading_acme import ReadingAcme
from certctl_client.mcp.tools.reading_alerts import ReadingAlerts
from certctl_client.mcp.tools.reading_audit import ReadingAudit
from certctl_client.mcp.tools.reading_authorities import ReadingAuthorities
from certctl_client.mcp.tools.reading_campaigns import ReadingCampaigns
from certctl_client.mcp.tools.reading_catalog import ReadingCatalog
from certctl_client.mcp.tools.reading_certificates import ReadingCertificates
from certctl_client.mcp.tools.reading_deployments import ReadingDeployments
from certctl_client.mcp.tools.reading_inventory import ReadingInventory
from certctl_client.mcp.tools.reading_jobs import ReadingJobs
from certctl_client.mcp.tools.reading_revocations import ReadingRevocations

type _Call = Callable[..., ToolResult]

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_LOOKS_ABROAD = ToolAnnotations(read_only_hint=True, open_world_hint=True)
_SENDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
)
_STARTS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
_TESTS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True
)
_DESTROYS = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)


@dataclass(frozen=True)
class _Set:
    """`reads_abroad` connect to hosts that the caller names."""

    reads: Sequence[_Call]
    acts: Mapping[_Call, ToolAnnotations]
    reads_abroad: Sequence[_Call] = ()


def tools_of(stack: Stack, url: str, names: Iterable[str], may_write: bool) -> Iterator[Tool]:
    """The tools of these sets, and those that every server has. `url` is the stack's base, for public
    CRLs."""
    overview, sets = Overview(stack), _sets(stack, url)
    for call in (overview.needs_attention, overview.get_summary, overview.whoami):
        yield _tool(call, _READS)
    for name in names:
        yield from (_tool(call, _READS) for call in sets[name].reads)
        yield from (_tool(call, _LOOKS_ABROAD) for call in sets[name].reads_abroad)
        if may_write:
            yield from (_tool(call, hints) for call, hints in sets[name].acts.items())


def _sets(stack: Stack, url: str) -> Mapping[str, _Set]:
    """The sets by the names of `command.TOOLSETS`."""
    certificates, alerts, jobs = ReadingCertificates(stack), ReadingAlerts(stack), ReadingJobs(stack)
    catalog, deployments, acting = ReadingCatalog(stack), ReadingDeployments(stack), Acting(stack)
    campaigns, inventory, acme = ReadingCampaigns(stack), ReadingInventory(stack), ReadingAcme(stack)
    revoking: dict[_Call, ToolAnnotations] = dict.fromkeys(
        (acting.revoke_certificate, acting.revoke_version, acting.bulk_revoke_certificates), _DESTROYS
    )
    return {
        "certificates": _Set(
            (certificates.list_certificates, certificates.get_certificate),
            {acting.create_certificate: _STARTS, acting.renew_certificate: _STARTS, **revoking},
        ),
        "jobs": _Set((jobs.list_jobs, jobs.get_job), {}),
        "alerts": _Set(
            (
                alerts.list_notifications,
                alerts.list_dead_letters,
                alerts.get_notification,
                alerts.list_channels,
            ),
            {acting.requeue_notifications: _SENDS},
        ),
        "deployments": _Set(
            (deployments.list_deployments, deployments.list_agents), {acting.deploy_certificate: _STARTS}
        ),
        "audit": _Set((ReadingAudit(stack).list_audit_events,), {}),
        "cas": _Set(
            (
                ReadingAuthorities(stack).list_cas,
                Checking(url).check_revocation,
                ReadingRevocations(stack).revocation_status,
            ),
            {},
        ),
        "campaigns": _Set(
            (campaigns.key_blast_radius, campaigns.list_campaigns, campaigns.campaign_status), {}
        ),
        "catalog": _Set(
            (catalog.list_catalog, catalog.get_catalog_record, catalog.list_policy_violations),
            # It reads, but needs names:write, which a token for reading never has.
            {acting.test_catalog_record: _TESTS, catalog.preview_team_names: _READS},
        ),
        "inventory": _Set(
            (
                inventory.inventory_summary,
                inventory.inventory_readiness,
                inventory.list_observed_certificates,
                inventory.get_observed_certificate,
                inventory.list_endpoints,
                inventory.preview_digest,
            ),
            {},
            (Probing().probe_server,),
        ),
        "acme": _Set((acme.list_eab_keys, acme.list_acme_accounts, acme.list_acme_orders), {}),
    }


def _tool(call: _Call, annotations: ToolAnnotations) -> Tool:
    """A tool that refuses unknown arguments. The SDK would drop them, and with a misspelt filter the tool
    would do something else. Its answer is text: a schema of it would cost the model's
    context, and a second copy in JSON twice the tokens."""
    tool = PlainTool.from_function(
        as_tool(call),
        description=" ".join((call.__doc__ or "").split()),
        annotations=annotations,
        structured_output=False,
    )
    tool.parameters = {**_slim(tool.parameters), "additionalProperties": False}
    return tool


def _slim(schema: Any) -> Any:
    """The schema without titles, which repeat the names, and without "or null": an argument is left out
    instead."""
    if isinstance(schema, list):
        return [_slim(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    slim = {name: _slim(value) for name, value in schema.items() if not _is_title(name, value)}
    choices = [each for each in slim.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        del slim["anyOf"]
        slim = {
            **choices[0],
            **{name: value for name, value in slim.items() if (name, value) != ("default", None)},
        }
    return slim


def _is_title(name: str, value: Any) -> bool:
    """Whether this is a title: a parameter of that name is an object."""
    return name == "title" and isinstance(value, str)
