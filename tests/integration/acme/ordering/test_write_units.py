"""Write units of an order, beside those of the same requests by the API (docs/costs.md)."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.domain.certificates.requests import NewCertificate
from tests.support.acme.orders import NAME, AcmeClient, csr_for, new_client
from tests.support.costs.write_units import metered
from tests.support.functions.control_plane import ControlPlane

NONCES = 4
"""newOrder, finalize, a poll, the certificate: each POST marks its nonce (ADR 71)."""
NEW, RENEWAL = 16, 12
"""What ACME writes more: 4 nonces, 2 counts against the limits of an hour, 4 for the order and its account,
4 for the order and its names at finalize, 2 for the first download. A renewal writes 4 less than by the API:
nothing is planned for a certificate that its client renews."""


def by_the_api(plane: ControlPlane, client: AcmeClient) -> tuple[int, int]:
    """Units of a new certificate and of its renewal, for the same service account."""
    caller, database = client.caller.principal, plane.pki.database
    with metered(database.client) as first:
        started = plane.issuance.create(caller, NewCertificate(NAME, csr_pem=csr()))
        plane.work()
    with metered(database.client) as renewal:
        plane.issuance.renew(caller, started.certificate.id, csr())
        plane.work()
    return first.units, renewal.units


def csr() -> str:
    return x509.load_der_x509_csr(csr_for(NAME, [NAME])).public_bytes(Encoding.PEM).decode()


def by_acme(client: AcmeClient) -> int:
    with metered(client.plane.pki.database.client) as meter:
        order = client.finalize(client.order().order).order
        client.plane.work()
        client.read(order)
        client.download(order)
    return meter.units + NONCES


def test_a_trusted_order_writes_little_more_than_the_same_request_by_the_api(plane: ControlPlane) -> None:
    client = new_client(plane)
    first, renewal = by_the_api(plane, client)
    # signatures differ in length, and a row may begin another KiB
    assert by_acme(client) - first == pytest.approx(NEW, abs=2)
    assert by_acme(client) - renewal == pytest.approx(RENEWAL, abs=2)
