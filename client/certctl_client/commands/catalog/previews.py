"""`certctl policies preview`: which certificates a policy would find in violation, before it is stored."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.api.schema import ForeseenViolationView, PolicyPreviewBody, PolicyPreviewView
from certctl_client.catalog.bodies import new_body
from certctl_client.catalog.kinds import KINDS
from certctl_client.commands.catalog.entries import new_options
from certctl_client.commands.options import given
from certctl_client.commands.signatures import signed
from certctl_client.exit_codes import ExitCode
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.progress import waiting
from certctl_client.output.views import Column
from certctl_client.session import open_stack

_KIND = KINDS["policies"]
_MOST_EXAMINED = 100_000
_PAGE = 500
_COLUMNS: Mapping[str, Column] = {
    "CERTIFICATE": "certificate_id",
    "COMMON NAME": "common_name",
    "TEAM": "team_id",
    "REASON": lambda violation: _reason(violation),
}
Limit = Annotated[int, typer.Option(min=1, help="Certificates to examine at most, oldest first.")]
type Pages = Iterator[PolicyPreviewView]


@dataclass(frozen=True)
class Findings:
    """`is_complete`: every certificate was examined. Without it, others may violate the policy, too."""

    violating: int
    examined: int
    evaluated: int
    failed: int
    total: int
    is_complete: bool
    certificates: list[ForeseenViolationView]

    @property
    def summary(self) -> dict[str, Any]:
        counts = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        del counts["is_complete"]
        return {**counts, "complete": self.is_complete}


def preview_command() -> Callable[..., None]:
    """The command `preview`, with the options of `create`."""

    def preview_policy(from_file: Path | None, output: Format, limit: int, **typed: Any) -> None:
        body = new_body(_KIND, from_file, given(**typed))
        preview: PolicyPreviewBody = {
            "type": body["type"],
            "config": body["config"],
            "per_page": min(limit, _PAGE),
        }
        with open_stack() as stack, waiting("Evaluating certificates") as progress:
            found = _found(stack.related.policy_preview(preview), limit, progress)
        show(_view(found, output), output)
        is_clean = found.is_complete and not found.violating and not found.failed
        raise typer.Exit(ExitCode.OK if is_clean else ExitCode.FAILED)

    preview_policy.__doc__ = (
        "Show which existing certificates a policy would find in violation. It stores nothing. Takes what "
        "`create` takes.\n\nExit code 1 if there are any, or if not all certificates were evaluated."
    )
    return signed(preview_policy, {**new_options(_KIND), "limit": (Limit, _MOST_EXAMINED)})


def _found(pages: Pages, limit: int, progress: Callable[[str], None]) -> Findings:
    found = Findings(0, 0, 0, 0, 0, is_complete=False, certificates=[])
    for page in pages:
        found = _with(found, page)
        progress(f"{found.examined} of {found.total}")
        if found.examined >= limit:
            break
    return found


def _with(found: Findings, page: PolicyPreviewView) -> Findings:
    examined = found.examined + page["examined"]
    return Findings(
        violating=found.violating + len(page["data"]),
        examined=examined,
        evaluated=found.evaluated + page["evaluated"],
        failed=found.failed + page["failed"],
        total=max(page["total"], examined),
        is_complete=page["next_cursor"] is None,
        certificates=[*found.certificates, *page["data"]],
    )


def _view(found: Findings, output: Format) -> Sections | Listing:
    listing = Listing(found.certificates, _COLUMNS, fields_of(ForeseenViolationView), "certificate_id")
    if output is Format.NAME:
        return listing
    parts = [("Certificates that would violate it", listing)] if found.certificates else []
    whole = {**found.summary, "certificates": found.certificates}
    return Sections(whole, [("Preview", Detail(found.summary)), *parts])


def _reason(violation: Mapping[str, Any]) -> str:
    first, others = violation["reasons"][0], violation["reason_count"] - 1
    return f"{first} (and {others} more)" if others else str(first)
