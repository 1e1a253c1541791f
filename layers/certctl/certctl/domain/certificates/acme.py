"""The ACME client that a certificate belongs to."""

from dataclasses import dataclass

from certctl.domain.errors import Conflict


@dataclass(frozen=True)
class AcmeOrigin:
    """The ACME account that ordered the newest version of a certificate, and the EAB key of that ACME
    account. Its holder renews the certificate by new orders."""

    account_id: str
    eab_key_id: str


def require_no_client(origin: AcmeOrigin | None) -> None:
    """Raises Conflict if an ACME client renews the certificate."""
    if origin is not None:
        raise Conflict(
            "An ACME client renews this certificate, by orders of its own: have the client renew it, or "
            "start a campaign, which moves the renewal window that clients read (ARI)."
        )
