"""Receipts of revocations as all commands show them: their fields beside those of the revocation."""

from collections.abc import Mapping
from typing import Any

from certctl_client.api.schema import ReceiptView
from certctl_client.output.views import Column

FIELDS = (
    *("seen_in_crl", "crl_seen_at", "crl_seconds", "ocsp_seen_at", "ocsp_seconds", "ocsp_sampled_out"),
    "expired_unseen_at",
)
COLUMNS: Mapping[str, Column] = {
    "CRL AFTER": lambda row: _in_seconds(row.get("crl_seconds")),
    "OCSP AFTER": lambda row: _in_seconds(row.get("ocsp_seconds")),
}


def flattened(revocation: Mapping[str, Any]) -> dict[str, Any]:
    """`crl_number` of the receipt, beside that of a revocation, is `seen_in_crl`. Servers of earlier releases
    have no receipts."""
    fields: dict[str, Any] = dict(revocation)
    receipt: ReceiptView | None = fields.pop("receipt", None)
    seen = {name: value for name, value in (receipt or {}).items() if name != "crl_number"}
    return {**fields, "seen_in_crl": receipt and receipt["crl_number"], **seen}


def _in_seconds(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds:g} s"
