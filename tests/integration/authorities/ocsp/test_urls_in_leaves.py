"""Each URL in a leaf, and in the certificates above it, answers over http for as long as the leaf lives."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.crypto.authorities.facts import facts_of
from certctl.crypto.status.ocsp_checking import OcspStatus, question_about, verified_answer
from certctl.domain.authorities.sharding import Sharding
from functions.stack_admin import app
from tests.support.functions.lambda_context import Context
from tests.support.status.public_host import PublicHost, leaf_of, public_host, upkeep, urls_in
from tests.support.status.relying_party import PkiHost, serving
from tests.support.status.responder import Responding

_SECOND_KEY = "arn:aws:kms:eu-central-1:111122223333:key/second"
_GOOD = OcspStatus.GOOD


def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject


@dataclass(frozen=True)
class Clients:
    """Relying parties of the stack behind `host`; they know of it what is in certificates."""

    host: PublicHost
    http: PkiHost

    def status_of(self, leaf: x509.Certificate) -> OcspStatus:
        """After every URL in the chain has answered."""
        issuer, status = self._visit(leaf)
        while not _is_root(issuer):
            issuer, _ = self._visit(issuer)
        assert status is not None, "the leaf names no OCSP responder"
        return status

    def _visit(self, certificate: x509.Certificate) -> tuple[x509.Certificate, OcspStatus | None]:
        """The issuer, and what OCSP says."""
        (url,) = urls_in(certificate, Access.CA_ISSUERS)
        issuer = x509.load_der_x509_certificate(self._body(url))
        certificate.verify_directly_issued_by(issuer)
        self._require_crl(certificate, issuer)
        answers = [self._asked(url, certificate, issuer) for url in urls_in(certificate, Access.OCSP)]
        return issuer, answers[0] if answers else None

    def _require_crl(self, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
        """Requires a CRL of the issuer that is current, and for the URL that the certificate names, or for
        all that the issuer issues."""
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        name = (points[0].full_name or [])[0]
        crl = x509.load_der_x509_crl(self._body(str(name.value)))
        key = issuer.public_key()
        assert crl.is_signature_valid(key)  # type: ignore[arg-type]
        scopes = [e.value for e in crl.extensions if isinstance(e.value, x509.IssuingDistributionPoint)]
        assert all(list(scope.full_name or ()) == [name] for scope in scopes)
        assert crl.next_update_utc
        assert crl.last_update_utc <= self.host.responding.pki.clock() < crl.next_update_utc

    def _asked(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> OcspStatus:
        question = question_about(issuer, certificate.serial_number)
        body = self._body(question.get_url(url))
        return verified_answer(body, question, self.host.responding.pki.clock()).status

    def _body(self, url: str) -> bytes:
        return self.http.relying_party.body_of(url)


@pytest.fixture
def clients(responding: Responding, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """The clients of a stack whose issuing CA has an OCSP URL."""
    host = public_host(responding, monkeypatch)
    assert upkeep(host) == []

    def ocsp(path: str) -> bytes:
        return base64.b64decode(responding.get(path)["body"])

    with serving(responding.pki.s3, ocsp) as http:
        yield Clients(host, http)


def _admin(action: str, **fields: str) -> None:
    app.lambda_handler({"action": action, **fields}, Context())


def test_urls_answer_after_more_shards_a_rotation_and_the_revocation_of_the_ca_until_the_leaf_ends(
    clients: Clients,
) -> None:
    host, pki = clients.host, clients.host.responding.pki
    old, leaf = host.responding.authority, leaf_of(host)
    assert clients.status_of(leaf) is _GOOD

    more = replace(pki, sharding=Sharding(4, split_over=-1))
    assert len(more.admin().cas.shard_expansion.expand_due()) == 3
    pki.clock.advance(timedelta(seconds=61))
    sharded = [leaf_of(host) for _ in range(2)]
    _admin("rotate", key_arn=pki.new_key(_SECOND_KEY))
    host.responding.publish()
    assert {clients.status_of(each) for each in [leaf, *sharded, leaf_of(host)]} == {_GOOD}

    serial = facts_of(old.certificate_pem).serial_number
    _admin("revoke_ca", ca_id=old.ca_id, reason="caCompromise", confirm=serial)
    assert clients.status_of(leaf) is _GOOD, "responders read the CA again within five minutes"

    pki.clock.time = leaf.not_valid_after_utc - timedelta(hours=1)
    upkeep(host)
    host.responding.publish()
    statuses = {clients.status_of(each) for each in [leaf, *sharded]}
    assert statuses == {OcspStatus.REVOKED}, "with all certificates of the compromised CA"
