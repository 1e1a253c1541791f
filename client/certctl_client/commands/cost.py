"""`certctl cost`: the price of a stack on AWS, by the work that it does."""

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, replace
from typing import Annotated, Any

import typer

from certctl_client.commands.options import FactsOutput, given
from certctl_client.commands.signatures import Options, signed
from certctl_client.costs import estimate
from certctl_client.costs.estimate import Estate, Line
from certctl_client.output import Detail, Format, Listing, Sections, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

_PRICED = "List prices of us-east-1 of November 2026, without free tiers and taxes."
_COLUMNS: Mapping[str, Column] = {
    "PART": "part",
    "AMOUNT": lambda line: f"{line['amount']:,.6g}",
    "EACH $": lambda line: f"{line['each_dollars']:.3g}",
    "A MONTH $": lambda line: f"{line['dollars']:,.2f}",
}


_COUNTED = ("certificates", "agents")
"""What a stack can count."""


def _options() -> Options:
    return {each.name: _option(each) for each in fields(Estate)}


def _option(amount: Field[Any]) -> tuple[Any, Any]:
    kind: Any = amount.type
    says, limits = amount.metadata["says"], amount.metadata["limits"]
    if amount.name not in _COUNTED:
        return Annotated[kind, typer.Option(**limits, help=says)], amount.default
    says += f" Default: {amount.default}, or those of the stack with --stack."
    return Annotated[kind | None, typer.Option(**limits, help=says)], None


def _cost(*, stack: bool, output: Format, **amounts: float | None) -> None:
    """What a stack costs a month on AWS, from counted requests and list prices: docs/costs.md.

    Needs no key and no stack, but for --stack. Each part is an amount times the price of one. AWS Private CA
    and virtual machines with PostgreSQL stand beside it.
    """
    chosen: dict[str, Any] = given(**amounts)
    estate = Estate(**chosen)
    if stack:
        named = {name: chosen[name] for name in _COUNTED if name in chosen}
        estate = replace(_of_the_stack(estate), **named)
    show(_view(estate), output)


cost = signed(
    _cost,
    {
        **_options(),
        "stack": (
            Annotated[
                bool,
                typer.Option("--stack", help="Ask the stack how many certificates, agents and CAs it has."),
            ],
            False,
        ),
        "output": (FactsOutput, Format.TABLE),
    },
)


def _of_the_stack(estate: Estate) -> Estate:
    """With the counts of the stack; what it cannot count now stays as it is."""
    with open_stack() as stack:
        summary = stack.insights.summary()
        issuing = [ca for ca in stack.authorities.all() if ca["role"] == "issuing"]
    total, ended = summary["total_certificates"], summary["revoked_certificates"]
    return replace(
        estate,
        certificates=estate.certificates if total is None else total - (ended or 0),
        agents=summary["total_agents"] or 0,
        further_cas=max(estate.further_cas, len(issuing) - 1),
    )


def _view(estate: Estate) -> Sections:
    lines = [_record(line) for line in estimate.lines(estate) if line.amount]
    others = _others(estate)
    total = sum(line["dollars"] for line in lines)
    record = {
        "currency": "USD",
        "certificates": estate.certificates,
        "dollars": round(total, 2),
        "lines": lines,
        "others": others,
    }
    heading = f"{estate.certificates:,} certificates: ${total:,.2f} a month"
    parts: Sequence[tuple[str, Listing | Detail]] = [
        (heading, Listing(lines, _COLUMNS, key="part")),
        ("Beside it", Listing(others, {"WHAT": "what", "A MONTH $": _dollars}, key="what")),
        ("Prices", Detail({}, _PRICED)),
    ]
    return Sections(record, parts)


def _record(line: Line) -> dict[str, Any]:
    return {
        "part": line.part,
        "amount": round(line.amount, 3),
        "each_dollars": line.each,
        "dollars": round(line.dollars, 4),
    }


def _others(estate: Estate) -> list[dict[str, Any]]:
    found = {
        "AWS Private CA: the CA and its certificates, nothing else": estimate.private_ca(estate),
        "a virtual machine, and PostgreSQL in one zone": estimate.virtual_machine(),
        "two virtual machines, and PostgreSQL in two zones": estimate.two_virtual_machines(),
    }
    return [{"what": what, "dollars": round(dollars, 2)} for what, dollars in found.items()]


def _dollars(record: Any) -> str:
    return f"{record['dollars']:,.2f}"
