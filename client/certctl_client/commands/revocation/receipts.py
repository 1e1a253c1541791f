"""Receipts of revocations as all commands show them: their fields beside those of the revocation."""

from collections.abc import Mapping
from typing import Any

from certctl_client.api.schema import ReceiptView
from certctl_client.output.views import Column

FIELDS = (
    *("seen_in_crl", "crl_seen_at", "crl_seconds", "ocsp_seen_at", "ocsp_seconds", "ocsp_sampled_out"),
    "expired_unseen_at",
)
SERIAL_COLUMNS: Mapping[str, Column] = {
    "SERIAL": "serial_number",
    "REASON": "reason",
    "REVOKED": "revoked_at",
    "INVALID SINCE": "invalidity_date",
}
COLUMNS: Mapping[str, Column] = {
    "CRL AFTER": lambda row: _seen_by("crl", row),
    "OCSP AFTER": lambda row: _seen_by("ocsp", row),
}


def flattened(revocation: Mapping[str, Any]) -> dict[str, Any]:
    """The revocation with its receipt's fields; `crl_number` of the receipt becomes `seen_in_crl`. Servers of
    earlier releases have no receipts."""
    fields: dict[str, Any] = dict(revocation)
    receipt: ReceiptView | None = fields.pop("receipt", None)
    seen = {name: value for name, value in (receipt or {}).items() if name != "crl_number"}
    return {**fields, "seen_in_crl": receipt and receipt["crl_number"], **seen}


def _seen_by(way: str, row: Mapping[str, Any]) -> str | None:
    """The seconds until the revocation was seen, or the reason why there is no figure. None if this way is
    not watched."""
    seconds = row.get(f"{way}_seconds")
    if seconds is not None:
        return f"{seconds:g} s"
    if "is_complete" not in row:
        return "not watched"
    if row.get("expired_unseen_at"):
        return "expired unseen"
    if way == "ocsp" and row["ocsp_sampled_out"]:
        return "not sampled"
    return None if row["is_complete"] else "not yet"
