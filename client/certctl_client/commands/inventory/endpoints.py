"""`certctl endpoints`: where certificates are served, and whether it is what it should be."""

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from certctl_client.api.schema import (
    EndpointChangeView,
    EndpointView,
    ExpectationBody,
    Expected,
    Finding,
    IncidentView,
    ListEndpointsQuery,
    NewEndpointBody,
    Starttls,
)
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import Certificate, Output, Owner, Team, Yes, given
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, say, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

app = typer.Typer(
    help="Endpoints: where certificates are served, and whether it is what it should be.",
    no_args_is_help=True,
)

_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "ENDPOINT": lambda record: f"{_bracketed(record['host'])}:{record['port']}",
    "FINDINGS": lambda record: ", ".join(each["finding"] for each in record["findings"]),
    "EXPECTED": "expected",
    "PROBER": "prober",
    "TEAM": "team_id",
    "CHANGED": "changed_at",
}
_SHOWING: Mapping[str, Column] = {
    "ADDRESS": "address",
    "FINGERPRINTS": lambda record: ", ".join(each[:16] for each in record["fingerprints"]),
    "VERSION": "version",
    "FINDINGS": lambda record: ", ".join(record["findings"]),
    "NOTES": lambda record: ", ".join(record["notes"]),
    "ERROR": "error",
}
_FINDINGS: Mapping[str, Column] = {
    "FINDING": "finding",
    "SEVERITY": "severity",
    "SINCE": "since",
    "ADDRESSES": lambda record: ", ".join(record["addresses"]),
    "CERTIFICATE": "certificate_id",
}
_CHANGES: Mapping[str, Column] = {
    "AT": "at",
    "CHANGE": "change",
    "FINDING": "finding",
    "ADDRESSES": lambda record: ", ".join(record["addresses"]),
    "FINGERPRINTS": lambda record: ", ".join(each[:16] for each in record["fingerprints"]),
}
_INCIDENTS: Mapping[str, Column] = {
    "FINDING": "finding",
    "SEVERITY": "severity",
    "OPENED": "opened_at",
    "CLOSED": "closed_at",
    "CERTIFICATE": "certificate_id",
    "ENDPOINTS": "endpoints",
    "AT": lambda record: ", ".join(each["name"] for each in record["named"]),
}
_HTTPS = 443

EndpointId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl endpoints list` shows it.")]
Certificates = Annotated[
    list[str] | None,
    typer.Option("--certificate", help="Id of a certificate that it should serve; two at most. Repeatable."),
]
Expectation = Annotated[
    Expected | None, typer.Option("--expected", help="Default: version with a certificate, else any_valid.")
]
ExpectedIssuer = Annotated[
    str | None, typer.Option(help="Name of the issuer (RFC 4514), with --expected issuer.")
]


@app.command("list")
@a_list
def list_endpoints(
    shown: Shown,
    certificate: Certificate = None,
    finding: Annotated[Finding | None, typer.Option(help="Only with this open finding.")] = None,
    with_findings: Annotated[bool, typer.Option("--with-findings", help="Only with open findings.")] = False,
    team: Team = None,
    owner: Owner = None,
) -> None:
    """Endpoints with their open findings, newest first."""
    filters = given(
        certificate=certificate,
        finding=finding,
        has_findings=with_findings or None,
        team=team,
        owner=owner,
        per_page=shown.per_page,
    )
    with open_stack() as stack:
        query = cast(ListEndpointsQuery, filters)
        shown.present(lambda: stack.endpoints.all(query), _COLUMNS, fields_of(EndpointView))


@app.command("get")
@a_record
def get_endpoint(shown: ShownRecord, endpoint_id: EndpointId) -> None:
    """One endpoint: its open findings, and what each address showed last."""
    with open_stack() as stack:
        shown.present(lambda: _sections(stack.endpoints.get(endpoint_id)))


@app.command("add")
def add_endpoint(
    address: Annotated[str, typer.Argument(metavar="HOST[:PORT]", help="Port 443 unless it is given.")],
    server_name: Annotated[str | None, typer.Option("--sni", help="Another name to ask for.")] = None,
    starttls: Annotated[Starttls | None, typer.Option(help="The protocol in which TLS begins.")] = None,
    prober: Annotated[str, typer.Option(help="public, or the id of an agent.")] = "public",
    certificates: Certificates = None,
    expected: Expectation = None,
    expected_issuer: ExpectedIssuer = None,
    team: Team = None,
    owner: Owner = None,
    output: Output = Format.TABLE,
) -> None:
    """Have an endpoint probed from now on. Without a certificate it needs a team."""
    host, port = _split(address)
    body = given(
        host=host,
        port=port,
        server_name=server_name,
        starttls=starttls,
        prober=prober,
        team_id=team,
        owner_id=owner,
        certificate_ids=certificates or None,
        expected=expected,
        expected_issuer=expected_issuer,
    )
    with open_stack() as stack:
        show(_sections(stack.endpoints.create(cast(NewEndpointBody, body))), output)


@app.command("attach")
def attach_endpoint(
    endpoint_id: EndpointId,
    certificates: Certificates = None,
    expected: Expectation = None,
    expected_issuer: ExpectedIssuer = None,
    output: Output = Format.TABLE,
) -> None:
    """Change what an endpoint should serve. Without --certificate it is detached. Its findings start over."""
    body = given(certificate_ids=certificates or None, expected=expected, expected_issuer=expected_issuer)
    with open_stack() as stack:
        show(_sections(stack.endpoints.attach(endpoint_id, cast(ExpectationBody, body))), output)


@app.command("remove")
def remove_endpoint(endpoint_id: EndpointId, yes: Yes = False) -> None:
    """Remove an endpoint: nobody probes it any more, and its alerts end."""
    confirm(f"Remove the endpoint {endpoint_id}?", yes)
    with open_stack() as stack:
        stack.endpoints.remove(endpoint_id)
    say(f"The endpoint {endpoint_id} was removed.")


@app.command("history")
@a_list
def list_history(shown: Shown, endpoint_id: EndpointId) -> None:
    """What changed at an endpoint, newest first: findings, and the certificates that it showed."""
    with open_stack() as stack:
        shown.present(
            lambda: stack.endpoints.history(endpoint_id, {"per_page": shown.per_page}),
            _CHANGES,
            fields_of(EndpointChangeView),
            "at",
        )


@app.command("incidents")
@a_list
def list_incidents(shown: Shown, endpoint_id: EndpointId) -> None:
    """Incidents of an endpoint and its certificates: the newest of each finding, open ones first."""
    with open_stack() as stack:
        shown.present(
            lambda: stack.endpoints.incidents(endpoint_id), _INCIDENTS, fields_of(IncidentView), "finding"
        )


def _sections(record: EndpointView) -> Sections:
    facts = {key: value for key, value in record.items() if key not in ("findings", "showing")}
    findings = Listing(record["findings"], _FINDINGS, key="finding")
    showing = Listing(record["showing"], _SHOWING, key="address")
    return Sections(record, [("Endpoint", Detail(facts)), ("Findings", findings), ("Shown", showing)])


def _split(address: str) -> tuple[str, int]:
    """The host and the port of `host`, `host:port`, `[IPv6]:port`. Raises ConfigurationError."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]") or (address.count(":") > 1 and not host.endswith("]")):
        return address.strip("[]"), _HTTPS
    if not port.isascii() or not port.isdigit():
        raise ConfigurationError(f"{port} is no port.", "Like www.example.com:443.")
    return host.strip("[]"), int(port)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
