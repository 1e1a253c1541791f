"""Our issuer of type ACME at our own ACME server: one stack is the CA of another one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Status
from certctl.domain.issuing.external_cas import RevocationState, external_ca_id
from tests.support.aws.clients import client, local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.issuing.acme import ISSUER, AcmePlane
from tests.support.issuing.acme_candidate import AcmeCandidate
from tests.support.issuing.conformance import CHECKS, Check, sentence
from tests.support.issuing.own_server import OwnServer, running_own_server
from tests.support.openssl import openssl
from tests.support.prepared import prepared_pki

# The start of the stack, which the first test waits for, has a limit of its own.
pytestmark = pytest.mark.timeout(180, func_only=True)
_REFRESH = timedelta(hours=6, seconds=1)
"""The longest wait of renewal information until it is asked for again."""
_SECRET = "certctl/test/issuers/eab"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    with running_own_server(tmp_path_factory.mktemp("own")) as running:
        yield running


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    with local_aws():
        plane = ControlPlane(prepared_pki(new_database(), Clock()))
        plane.channels = CHANNELS
        yield plane


def customer(server: OwnServer, plane: ControlPlane, **key: object) -> AcmePlane:
    """The stack that orders, with an EAB key of the other one."""
    bound = server.eab_key(f"customer-{plane.pki.clock().timestamp()}", **key)
    client("secretsmanager").create_secret(Name=_SECRET, SecretString=bound["hmac_key"])
    acme = AcmePlane(plane, server)
    acme.config["external_account"] = {"key_id": bound["id"], "hmac_secret": _SECRET}
    return acme


@pytest.fixture
def acme(server: OwnServer, plane: ControlPlane) -> AcmePlane:
    return customer(server, plane, challenges=["http-01"])


def names_in(acme: AcmePlane, certificate: Certificate, folder: Path) -> set[str]:
    """The names of the leaf, once openssl has verified it up to the root of the other stack."""
    found = acme.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert found is not None
    leaf, chain, root = folder / "leaf.pem", folder / "chain.pem", folder / "root.pem"
    leaf.write_text(found.certificate_pem)
    chain.write_text(found.chain_pem)
    root.write_text(acme.pebble.root_pem())
    openssl("verify", "-CAfile", root, "-untrusted", chain, "-purpose", "sslserver", leaf)
    names = openssl("x509", "-in", leaf, "-noout", "-ext", "subjectAltName").splitlines()[1]
    return set(names.strip().split(", "))


@pytest.mark.parametrize("check", CHECKS, ids=sentence)
def test_it_conforms(acme: AcmePlane, check: Check) -> None:
    check(AcmeCandidate(acme, "www.elsewhere.example"))


def test_names_are_proved_by_http_01(acme: AcmePlane, tmp_path: Path) -> None:
    certificate = acme.issued("www.example.com", ("api.example.com",))

    assert names_in(acme, certificate, tmp_path) == {"DNS:api.example.com", "DNS:www.example.com"}


def test_a_wildcard_is_proved_by_dns_01(server: OwnServer, plane: ControlPlane, tmp_path: Path) -> None:
    acme = customer(server, plane, challenges=["dns-01"])
    made = acme.route53.create_hosted_zone(Name="example.com", CallerReference="1")
    zone_id = made["HostedZone"]["Id"].removeprefix("/hostedzone/")
    acme.config |= {"challenge": "dns-01", "hosted_zones": {"example.com": zone_id}}

    certificate = acme.issued("example.com", ("*.example.com",))

    assert names_in(acme, certificate, tmp_path) == {"DNS:*.example.com", "DNS:example.com"}


def test_trusted_names_need_no_proof(server: OwnServer, plane: ControlPlane) -> None:
    acme = customer(server, plane, authorization="trusted")
    server.serve(lambda _: None)

    certificate = acme.issued()

    assert certificate.status(plane.pki.clock()) is Status.ACTIVE


def test_a_revocation_here_is_one_there(acme: AcmePlane, server: OwnServer) -> None:
    certificate = acme.issued()
    serial = certificate.serial_number or ""

    acme.plane.revoked(certificate.id, "keyCompromise")
    acme.work()

    mark = acme.plane.stores.revocations.find(external_ca_id(ISSUER), 0, serial)
    assert mark is not None
    assert mark.issuer_revocation is RevocationState.CONFIRMED
    assert server.published(serial)["reason"] == "keyCompromise"


def test_what_is_revoked_there_is_renewed_here(acme: AcmePlane, server: OwnServer) -> None:
    """RFC 9773: the window of a revoked certificate is in the past."""
    first = acme.issued()
    before = acme.plane.renew()
    server.revoke(first.serial_number or "")
    acme.plane.pki.clock.advance(_REFRESH)
    asked = acme.plane.renew()
    acme.work()

    renewed = acme.plane.renew()

    assert (before, asked, renewed) == ({}, {"asked": 1}, {"renewed": 1})


def test_a_renewal_is_another_version_of_the_same_record_there(acme: AcmePlane, server: OwnServer) -> None:
    first = acme.issued()
    there = server.record(first.serial_number or "")
    acme.renewal_requested(first.id)

    acme.work()

    second = acme.plane.certificate(first.id)
    assert second.serial_number != first.serial_number
    assert server.record(second.serial_number or "")["id"] == there["id"]
