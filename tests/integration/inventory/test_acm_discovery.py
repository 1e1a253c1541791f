"""Certificates of the account's own AWS Certificate Manager come into the inventory, and leave it."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto.acm.models import acm_backends

from certctl.compose.cloud_discovery import CloudDiscovery
from certctl.connectors.aws.clients import make_client
from certctl.domain.aws_failures import Overloaded
from certctl.domain.inventory import acm
from certctl.domain.inventory.scopes import Scope
from certctl.services.inventory.acm_discovery import Discovered
from certctl.store.inventory.scopes import ScopeStore, SourceStore
from tests.support.aws.clients import REGION
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import Importer, importer
from tests.support.inventory.made import Maker

_KEY = ec.generate_private_key(ec.SECP384R1())
_ACCOUNT = "123456789012"
_BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{_ACCOUNT}:loadbalancer/app/shop/1"
_LONG, _SHORT = timedelta(minutes=15), timedelta(minutes=1)


@pytest.fixture
def manager(stack: Deployed) -> Any:
    return make_client("acm", REGION)


def _imported(manager: Any, name: str) -> tuple[str, bytes]:
    leaf = Maker().leaf(name, key=_KEY)
    pem = x509.load_der_x509_certificate(leaf).public_bytes(Encoding.PEM)
    private = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = manager.import_certificate(Certificate=pem, PrivateKey=private)
    return made["CertificateArn"], leaf


def _run(stack: Deployed, left: timedelta = _LONG) -> Discovered:
    return CloudDiscovery(stack.overrides).acm.run(lambda: left)


def _scopes(stack: Deployed) -> list[Scope]:
    source = SourceStore(stack.database).get("src-aws")
    return ScopeStore(stack.database).get_many(source.scope_ids) if source else []


def _places(inventory: Importer, leaf: bytes) -> set[str]:
    return {each["place"] for each in inventory.one(leaf).body["places"]}


def test_a_certificate_is_found_at_its_arn_and_at_what_uses_it(stack: Deployed, manager: Any) -> None:
    arn, leaf = _imported(manager, "www.example")
    acm_backends[_ACCOUNT][REGION].set_certificate_in_use_by(arn, _BALANCER)

    assert _run(stack) == Discovered(scopes=1, added=2)

    assert _places(importer(stack), leaf) == {arn, f"{_BALANCER}#{arn.rpartition('/')[2]}"}


def test_a_scope_is_scanned_once_a_day(stack: Deployed, manager: Any) -> None:
    _imported(manager, "www.example")
    _run(stack)
    _imported(manager, "api.example")

    stack.clock.advance(timedelta(hours=23))
    assert _run(stack) == Discovered()

    stack.clock.advance(timedelta(hours=1))
    assert _run(stack) == Discovered(scopes=1, added=1)


def test_a_certificate_that_was_deleted_is_gone(stack: Deployed, manager: Any) -> None:
    arn, leaf = _imported(manager, "www.example")
    _run(stack)
    manager.delete_certificate(CertificateArn=arn)

    stack.clock.advance(timedelta(days=1))
    assert _run(stack) == Discovered(scopes=1, ended=1)

    assert importer(stack).one(leaf).body["status"] == "Gone"


def test_a_run_that_fails_removes_nothing_and_says_why(stack: Deployed, manager: Any) -> None:
    _, leaf = _imported(manager, "www.example")
    _run(stack)
    stack.clock.advance(timedelta(days=1))
    stack.clients["acm"] = _Throttled()

    with pytest.raises(Overloaded):
        _run(stack)

    assert [each.failure for each in _scopes(stack)] == [
        "ACM is throttled. Nothing was half-written; try again."
    ]
    assert importer(stack).one(leaf).body["status"] == "Unmanaged"


def test_many_certificates_are_divided_into_scopes_that_later_runs_continue(
    stack: Deployed, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acm, "CERTIFICATES_PER_SCOPE", 3)
    leaves = [_imported(manager, f"host-{n}.example")[1] for n in range(8)]

    assert _run(stack, _SHORT) == Discovered(left=16)
    assert _run(stack) == Discovered(scopes=16, added=8)

    assert {importer(stack).one(each).body["status"] for each in leaves} == {"Unmanaged"}


def test_certificates_that_move_to_another_scope_are_never_gone(
    stack: Deployed, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves = [_imported(manager, f"host-{n}.example")[1] for n in range(8)]
    _run(stack)
    monkeypatch.setattr(acm, "CERTIFICATES_PER_SCOPE", 3)
    stack.clock.advance(timedelta(days=1))

    done = _run(stack)

    assert (done.scopes, done.added) == (16, done.ended)
    assert [importer(stack).one(each).body["gone_at"] for each in leaves] == [None] * 8


def test_more_certificates_than_can_be_scanned_are_a_failure_of_the_scope(
    stack: Deployed, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certctl.services.inventory.acm_discovery.MOST_CERTIFICATES", 1)
    monkeypatch.setattr(acm, "MOST_CERTIFICATES", 1)
    for name in ("www.example", "api.example"):
        _imported(manager, name)

    assert _run(stack) == Discovered()

    assert [each.failure for each in _scopes(stack)] == [
        "The account has more than 1 certificates in this region."
    ]


class _Throttled:
    """A client whose every request is throttled, behind its own attempts."""

    def list_certificates(self, **_: Any) -> Any:
        from botocore.exceptions import ClientError

        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "ListCertificates")
