"""The ACME client that a certificate belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AcmeOrigin:
    """The ACME account that ordered the newest version of a certificate, and the EAB key of that ACME
    account. Whoever has the key renews the certificate by new orders."""

    account_id: str
    eab_key_id: str
