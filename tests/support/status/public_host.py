"""The PKI host of a stack whose responder runs in this process, as relying parties reach it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.compose.rooms.base import Overrides
from certctl.compose.status_watch import RevocationWatch
from certctl.connectors.http.adapter import HttpReply, HttpRequest, OutboundHttp
from certctl.connectors.http.failures import NotFetched
from certctl.connectors.relying_party import PlainHttp, RelyingParty
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.ocsp_checking import OcspStatus, question_about, verified_answer
from certctl.domain.authorities.authorities import Authority
from functions.stack_admin import app
from functions.status_watch import app as status_watch
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.lambda_context import Context
from tests.support.status.responder import Responding

Exchange = Callable[[HttpRequest], bytes]


def unreachable(_: HttpRequest) -> bytes:
    raise NotFetched("cannot be asked: no such host")


@dataclass
class PublicHost:
    """`asked` are method and URL of each request. `instead` answers in place of the responder."""

    responding: Responding
    instead: Exchange | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def exchange(self, request: HttpRequest) -> bytes:
        self.asked.append((request.method, request.url))
        return (self.instead or self.answered)(request)

    def answered(self, request: HttpRequest) -> bytes:
        path = urlsplit(request.url).path
        sent = self.responding.post(request.body) if request.body else self.responding.get(path)
        return base64.b64decode(sent["body"])


class Transport(OutboundHttp):
    """Sends to a function of this process."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(PlainHttp(()))
        self._exchange = exchange

    def send(self, request: HttpRequest, deadline_seconds: float) -> HttpReply:
        return HttpReply(200, {}, self._exchange(request), 1)


_HOLDING_OCSP_URLS = (
    "ocsp_urls",
    "ca_activation",
    "certificate_authority",
    "root_publication",
    "ca_revocation",
    "root_making",
    "local_issuers",
    "outside_roots",
)


def public_host(responding: Responding, monkeypatch: pytest.MonkeyPatch) -> PublicHost:
    """What status_watch asks from now on, of a stack whose new certificates are to name OCSP URLs."""
    monkeypatch.setenv("CERTCTL_OCSP", "true")
    forget_the_environment()
    host = PublicHost(responding)
    party, pki = RelyingParty(Transport(host.exchange)), responding.pki
    watch = RevocationWatch(Overrides(database=pki.database, now=pki.clock, relying_party=party))
    monkeypatch.setattr(status_watch, "services", watch)
    return host


def forget_the_environment() -> None:
    """What has read whether certificates are to name OCSP URLs is made again, with what holds it."""
    for made in _HOLDING_OCSP_URLS:
        vars(app.services.cas).pop(made, None)


def upkeep(host: PublicHost) -> list[str]:
    """Why CAs still wait for their URLs. Fails if a call is not allowed by stack_admin's policy."""
    privileges = host.responding.privileges
    run = privileges.of("stack_admin", app.lambda_handler)({"action": "upkeep"}, Context())
    assert not privileges.refused, privileges.refused
    waiting: list[str] = run["ocsp_waiting"]
    return waiting


def enabled(host: PublicHost) -> int:
    """How many audit events there are."""
    items = host.responding.pki.database.client.scan(TableName="audit")["Items"]
    return sum('"ca_ocsp_enabled"' in item["event"]["S"] for item in items)


def leaf_of(host: PublicHost) -> x509.Certificate:
    """Issued by the worker as it is composed now."""
    plane = ControlPlane(host.responding.pki)
    certificate = plane.issued()
    issued = plane.stores.certificates.pem(certificate.id, str(certificate.serial_number))
    assert issued
    return load_certificate(issued.certificate_pem)


def status_of(host: PublicHost, issuer: Authority, serial: int) -> OcspStatus:
    """What the responder of a CA says of a serial, in an answer that a relying party accepts."""
    question = question_about(load_certificate(issuer.certificate_pem), serial)
    body = base64.b64decode(host.responding.post(question.der)["body"])
    return verified_answer(body, question, host.responding.pki.clock()).status


def ocsp_urls_in(leaf: x509.Certificate) -> list[str]:
    return urls_in(leaf, Access.OCSP)


def urls_in(leaf: x509.Certificate, method: x509.ObjectIdentifier) -> list[str]:
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    return [each.access_location.value for each in access if each.access_method == method]
