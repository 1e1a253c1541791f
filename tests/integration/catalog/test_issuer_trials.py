"""The test of an ACME issuer: the worker that may reach it reads its directory, and reports faults."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.times import to_wire
from tests.support.agents.tls_identity import TlsIdentity, tls_identity
from tests.support.catalog.catalog import PATHS, CatalogByHttp
from tests.support.channels.receivers import Behaviour, Receiver, answers

JSON = {"Content-Type": "application/json"}
DIRECTORY = {name: f"https://localhost/{name}" for name in ("newNonce", "newAccount", "newOrder")}


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> TlsIdentity:
    folder: Path = tmp_path_factory.mktemp("tls")
    return tls_identity(folder, "localhost")


@pytest.fixture
def receiver(identity: TlsIdentity, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """On an address that the stack's operator has opened."""
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8,::1/128")
    with Receiver(tls=identity.server).running() as running:
        yield running


def acme_at(
    catalog: CatalogByHttp, receiver: Receiver, trusted: TlsIdentity | None, **fields: Any
) -> dict[str, Any]:
    bundle = {"ca_bundle": trusted.certificate_pem} if trusted else {}
    config = {"directory_url": receiver.url("/dir", "localhost"), "terms_of_service_agreed": True} | bundle
    return catalog.made(Kind.ISSUER, type="ACME", config=config, **fields)


def checked(catalog: CatalogByHttp, issuer: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Whether it passed, and its checks by name."""
    answer = catalog.admin.post(f"{catalog.path_of(Kind.ISSUER, issuer)}/test")
    assert answer.status == 200, answer.text
    return answer.body["passed"], {check["name"]: check for check in answer.body["checks"]}


def contact_of(catalog: CatalogByHttp, issuer: dict[str, Any]) -> Any:
    return catalog.admin.get(catalog.path_of(Kind.ISSUER, issuer)).body["last_contact"]


def test_the_directory_of_an_acme_issuer_is_read_and_put_down_as_its_last_contact(
    catalog: CatalogByHttp, receiver: Receiver, identity: TlsIdentity
) -> None:
    receiver.behave(answers(200, json.dumps(DIRECTORY).encode(), JSON))
    issuer = acme_at(catalog, receiver, identity)
    assert issuer["last_contact"] is None

    passed, checks = checked(catalog, issuer)

    at = to_wire(catalog.stack.clock())
    assert (passed, checks["directory"]["detail"]) == (
        True,
        f"the server answered with its directory at {at}",
    )
    assert [request.path for request in receiver.received] == ["/dir"]
    assert contact_of(catalog, issuer) == {"succeeded_at": at, "failed_at": None, "error": None}


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (answers(404, b"not found"), "the ACME server has no directory there: HTTP 404"),
        (answers(503, b"busy"), "the ACME server answered HTTP 503"),
        (answers(403, b"no"), "the ACME server answered HTTP 403"),
        (answers(200, b"<html>Welcome</html>"), "the answer is not an ACME directory: it is not JSON"),
        (answers(200, b"[1]"), "the answer is not an ACME directory: it is not a JSON object"),
        (
            answers(200, b'{"newNonce": "https://x.example/n", "newOrder": 3}'),
            "the answer is not an ACME directory: it lacks newAccount, newOrder",
        ),
        (answers(301, b"", {"Location": "/elsewhere"}), "the ACME server: the answer is a redirect"),
    ],
)
def test_a_wrong_url_is_found_and_explained(
    catalog: CatalogByHttp, receiver: Receiver, identity: TlsIdentity, behaviour: Behaviour, fault: str
) -> None:
    receiver.behave(behaviour)
    issuer = acme_at(catalog, receiver, identity)

    passed, checks = checked(catalog, issuer)

    assert (passed, checks["directory"]["detail"]) == (False, f"{fault}; last answer: never")
    contact = contact_of(catalog, issuer)
    assert (contact["error"], contact["failed_at"]) == (fault, to_wire(catalog.stack.clock()))


def test_an_unreachable_server_is_reported(
    catalog: CatalogByHttp, identity: TlsIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8,::1/128")
    with Receiver(tls=identity.server).running() as gone:
        issuer = acme_at(catalog, gone, identity)

    _, checks = checked(catalog, issuer)

    detail = "the ACME server: the connection was refused; last answer: never"
    assert checks["directory"]["detail"] == detail


def test_an_untrusted_certificate_is_reported(catalog: CatalogByHttp, receiver: Receiver) -> None:
    issuer = acme_at(catalog, receiver, None)

    _, checks = checked(catalog, issuer)

    wanted = "the ACME server: the server's certificate was refused: it is self-signed; last answer: never"
    assert checks["directory"]["detail"] == wanted


def test_an_address_that_the_guard_refuses_is_not_called(
    catalog: CatalogByHttp, receiver: Receiver, identity: TlsIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "")
    issuer = acme_at(catalog, receiver, identity)

    passed, checks = checked(catalog, issuer)

    assert not passed
    assert "the ACME server may not be called" in checks["directory"]["detail"]
    assert receiver.connections == 0


def test_an_issuer_that_cannot_be_asked_is_a_503(
    catalog: CatalogByHttp, receiver: Receiver, identity: TlsIdentity
) -> None:
    issuer = acme_at(catalog, receiver, identity)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "no network")
        answer = catalog.admin.post(f"{PATHS[Kind.ISSUER]}/{issuer['id']}/test")

    assert (answer.status, answer.body["type"]) == (503, "urn:certctl:problem:unavailable")


def test_a_disabled_issuer_is_tested_too(
    catalog: CatalogByHttp, receiver: Receiver, identity: TlsIdentity
) -> None:
    receiver.behave(answers(200, json.dumps(DIRECTORY).encode(), JSON))
    issuer = acme_at(catalog, receiver, identity, enabled=False)

    passed, checks = checked(catalog, issuer)

    assert (passed, checks["enabled"]["passed"], checks["directory"]["passed"]) == (False, False, True)
