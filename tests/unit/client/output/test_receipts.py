"""What the tables of revocations say of a receipt, or of none."""

from typing import Any

import pytest

from certctl_client.commands.revocation.receipts import COLUMNS, flattened

_RECEIPT = {
    "is_complete": False,
    "crl_number": None,
    "crl_seconds": None,
    "ocsp_seconds": None,
    "ocsp_sampled_out": False,
    "expired_unseen_at": None,
}


def _shown(receipt: dict[str, Any] | None) -> list[Any]:
    row = flattened({"serial_number": "0a", "receipt": receipt})
    return [column(row) for column in COLUMNS.values() if callable(column)]


@pytest.mark.parametrize(
    ("receipt", "crl", "ocsp"),
    [
        ({"is_complete": True, "crl_seconds": 2.5, "ocsp_seconds": 1.0}, "2.5 s", "1 s"),
        ({"ocsp_seconds": 0.5}, "not yet", "0.5 s"),
        ({"is_complete": True, "crl_seconds": 2.5, "ocsp_sampled_out": True}, "2.5 s", "not sampled"),
        ({"is_complete": True, "crl_seconds": 2.5}, "2.5 s", None),
        ({"expired_unseen_at": "2026-11-28T04:00:00Z"}, "expired unseen", "expired unseen"),
    ],
    ids=["seen", "seen by OCSP alone", "not asked about", "no responder", "expired"],
)
def test_a_receipt_says_how_soon_it_was_seen_or_why_there_is_no_figure(
    receipt: dict[str, Any], crl: str, ocsp: str | None
) -> None:
    assert _shown(_RECEIPT | receipt) == [crl, ocsp]


def test_a_revocation_without_a_receipt_is_not_watched() -> None:
    assert _shown(None) == ["not watched", "not watched"]
