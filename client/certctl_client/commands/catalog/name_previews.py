"""`certctl teams names preview`: which certificates a team's names would refuse, before they are stored."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from certctl_client.api.schema import NamesPreviewBody, NamesPreviewView, RefusedCertificateView
from certctl_client.catalog.kinds import KINDS
from certctl_client.commands.catalog.entries import id_argument
from certctl_client.commands.options import Output
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.progress import waiting
from certctl_client.output.views import Column
from certctl_client.session import open_stack

NAMES = typer.Typer(help="Names that a team may have in its certificates.", no_args_is_help=True)

_MOST_EXAMINED = 100_000
_PAGE = 500
_COLUMNS: Mapping[str, Column] = {
    "CERTIFICATE": "certificate_id",
    "COMMON NAME": "common_name",
    "TEAM": "team_id",
    "REASON": lambda certificate: _reason(certificate),
}
TeamId = Annotated[str, id_argument(KINDS["teams"])]
AllowName = Annotated[
    list[str],
    typer.Option(
        "--allow-name",
        help="DNS:**.example.com. Repeatable: all names that the team would have; '' for none.",
    ),
]
Limit = Annotated[int, typer.Option(min=1, help="Certificates to examine at most, oldest first.")]
type Pages = Iterator[NamesPreviewView]


@dataclass(frozen=True)
class Findings:
    """`others` of the `refused` are of other teams. `total` is None if only this team's are examined.
    `is_complete`: every certificate was examined. Without it, others may be refused, too."""

    refused: int
    others: int
    examined: int
    evaluated: int
    total: int | None
    is_complete: bool
    certificates: list[RefusedCertificateView]

    @property
    def summary(self) -> dict[str, Any]:
        counts = asdict(self)
        del counts["is_complete"], counts["certificates"]
        return {**counts, "complete": self.is_complete}


@NAMES.command("preview")
def preview_names(
    team_id: TeamId,
    allow_name: AllowName,
    output: Output = Format.TABLE,
    limit: Limit = _MOST_EXAMINED,
) -> None:
    """Show which existing certificates would be refused if the team had these names. It stores nothing.

    A more specific pattern takes names from other teams: their certificates are listed, too. Exit code 1 if
    there are any, or if not all certificates were evaluated.
    """
    names = [name for name in allow_name if name]
    body: NamesPreviewBody = {"allowed_names": names, "per_page": min(limit, _PAGE)}
    with open_stack() as stack, waiting("Evaluating certificates") as progress:
        found = _found(stack.related.names_preview(team_id, body), team_id, limit, progress)
    show(_view(found, output), output)
    raise typer.Exit(ExitCode.OK if found.is_complete and not found.refused else ExitCode.FAILED)


def _found(pages: Pages, team_id: str, limit: int, progress: Callable[[str], None]) -> Findings:
    found = Findings(0, 0, 0, 0, None, is_complete=False, certificates=[])
    for page in pages:
        found = _with(found, page, team_id)
        progress(f"{found.examined} of {found.total or 'this team'}")
        if found.examined >= limit:
            break
    return found


def _with(found: Findings, page: NamesPreviewView, team_id: str) -> Findings:
    examined, refused = found.examined + page["examined"], [*found.certificates, *page["data"]]
    return Findings(
        refused=len(refused),
        others=sum(certificate["team_id"] != team_id for certificate in refused),
        examined=examined,
        evaluated=found.evaluated + page["evaluated"],
        total=None if page["total"] is None else max(page["total"], examined),
        is_complete=page["next_cursor"] is None,
        certificates=refused,
    )


def _view(found: Findings, output: Format) -> Sections | Listing:
    listing = Listing(found.certificates, _COLUMNS, fields_of(RefusedCertificateView), "certificate_id")
    if output is Format.NAME:
        return listing
    parts = [("Certificates that would be refused", listing)] if found.certificates else []
    whole = {**found.summary, "certificates": found.certificates}
    return Sections(whole, [("Preview", Detail(found.summary)), *parts])


def _reason(certificate: Mapping[str, Any]) -> str:
    first, others = certificate["names"][0]["reason"], certificate["name_count"] - 1
    return f"{first} (and {others} more)" if others else str(first)
