"""`certctl inventory summary` and `readiness`."""

from collections.abc import Mapping
from typing import cast

from certctl_client.api.schema import (
    CertificateTrait,
    ExpiringCaView,
    GetInventoryReadinessQuery,
    GetInventorySummaryQuery,
    InventorySummaryView,
    ReadinessAct,
    ReadinessRowView,
    ReadinessView,
)
from certctl_client.commands.options import FactsOutput, Owner, Team, given
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column, View
from certctl_client.session import open_stack

_TITLES: Mapping[CertificateTrait, str] = {
    "expired": "expired",
    "expires_in_7_days": "expires within 7 days",
    "expires_in_30_days": "expires within 30 days",
    "expires_in_90_days": "expires within 90 days",
    "sha1": "signed with SHA-1 or older",
    "weak_rsa": "RSA below 2048 bits",
    "self_signed": "self-signed",
    "wildcard": "wildcard",
    "over_200_days": "lives for over 200 days",
    "over_100_days": "lives for over 100 days",
    "over_47_days": "lives for over 47 days",
    "past_2030": "valid after 2030",
    "past_2035": "valid after 2035",
    "post_quantum": "post-quantum key",
}
_ACTS: Mapping[ReadinessAct, str] = {
    "campaign": "certctl campaigns create",
    "check_program": "settings of the program that renews it",
    "request": "certctl certs create",
}
_ROWS: Mapping[str, Column] = {
    "CERTIFICATES": lambda row: _TITLES.get(row["trait"], row["trait"]),
    "COUNT": "certificates",
    "MANAGED": "managed",
    "BY A PROGRAM": "program",
    "BY NOBODY": "nobody",
    "WHAT TO DO": lambda row: "; ".join(_ACTS.get(act, act) for act in row["acts"]),
}
_RENEWALS: Mapping[str, Column] = {
    "LIFETIME": lambda row: f"{row['limit_days']} days" if row["limit_days"] else "as today",
    "FROM": "since",
    "RENEWALS A YEAR": "a_year",
    "MANAGED": "managed",
    "BY A PROGRAM": "program",
    "BY NOBODY": "nobody",
}
_CAS: Mapping[str, Column] = {"CA": "subject", "EXPIRES": "not_after", "LEAVES": "leaves"}
_NEXT: Mapping[str, Column] = {
    "NAME": "name",
    "EXPIRES": "not_after",
    "RENEWED BY": "renewer",
    "FINGERPRINT": lambda row: row["fingerprint"][:16],
}
_COUNTS: Mapping[str, Column] = {"NAME": "name", "CERTIFICATES": "certificates"}
_TREND: Mapping[str, Column] = {
    "DAY": "day",
    "CERTIFICATES": "certificates",
    "IN USE": "in_use",
    "UNMANAGED": "unmanaged",
    "EXPIRE IN 30 DAYS": "expires_in_30_days",
}
_NEVER = "Nothing has been counted yet: the count follows an import within minutes, else it is made at night."


def show_summary(team: Team = None, owner: Owner = None, output: FactsOutput = Format.TABLE) -> None:
    """What the inventory has: counts by status, issuer, key and trait, of last night."""
    query = cast(GetInventorySummaryQuery, given(team=team, owner=owner))
    with open_stack() as stack:
        report = stack.inventory.summary(query)
    show(_summary(report), output)


def show_readiness(team: Team = None, owner: Owner = None, output: FactsOutput = Format.TABLE) -> None:
    """What certificates of 47 days mean: what has to change, renewals a year, and who makes them.

    With `-o csv` the rows of the report alone.
    """
    query = cast(GetInventoryReadinessQuery, given(team=team, owner=owner))
    with open_stack() as stack:
        report = stack.inventory.readiness(query)
    show(_readiness(report, output), output)


def _summary(report: InventorySummaryView) -> View:
    if report["computed_at"] is None:
        return Detail(report, _NEVER)
    facts = {
        "computed_at": report["computed_at"],
        "certificates": report["certificates"],
        "in_use": report["in_use"],
        "issued here, seen nowhere": report["seen_nowhere"],
    }
    statuses = {**report["by_status"], **{f"renewed by {k}": n for k, n in report["by_renewer"].items()}}
    traits = [
        {"name": _TITLES.get(cast(CertificateTrait, trait), trait), "certificates": count}
        for trait, count in report["traits"].items()
        if count
    ]
    parts: list[tuple[str, Listing | Detail]] = [
        ("Inventory", Detail(facts)),
        ("Status", Detail(statuses)),
        ("Next to expire", Listing(report["expiring_next"], _NEXT, key="fingerprint")),
        ("Issuers", Listing(report["by_issuer"], _COUNTS)),
        ("Keys", Listing(report["by_key"], _COUNTS)),
        ("Signatures", Listing(report["by_signature"], _COUNTS)),
        ("Traits", Listing(traits, _COUNTS)),
        ("Days", Listing(report["trend"], _TREND)),
        *_cas(report["expiring_cas"]),
    ]
    return Sections(report, parts)


def _readiness(report: ReadinessView, output: Format) -> View:
    if output is Format.CSV:
        return Listing(report["rows"], _ROWS, fields_of(ReadinessRowView), "trait")
    if report["computed_at"] is None:
        return Detail(report, _NEVER)
    facts = {name: report[name] for name in ("computed_at", "in_use", "public", "unverified")}
    parts: list[tuple[str, Listing | Detail]] = [
        ("Inventory", Detail(facts)),
        ("What to change", Listing(report["rows"], _ROWS, key="trait")),
        ("Renewals of publicly trusted certificates", Listing(report["renewals"], _RENEWALS)),
        *_cas(report["expiring_cas"]),
    ]
    return Sections(report, parts)


def _cas(cas: list[ExpiringCaView]) -> list[tuple[str, Listing | Detail]]:
    return [("CAs that end before their leaves", Listing(cas, _CAS, key="fingerprint"))] if cas else []
