"""A CA outside the stack that publishes a CRL and answers OCSP, over HTTP on loopback."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from tests.support.client.server import Asked, LoopbackServer, Reply
from tests.support.served.private_pki import Issuer, root

_DAY = timedelta(days=1)
Change = Callable[[x509.CertificateRevocationListBuilder], x509.CertificateRevocationListBuilder]


@dataclass
class ForeignCa:
    """`revoked` are its revoked leaves, `change` what else is in its CRL; `body` replaces what it sends."""

    now: Callable[[], datetime]
    issuer: Issuer = field(default_factory=lambda: root("Elsewhere"))
    revoked: list[x509.Certificate] = field(default_factory=list)
    change: Change = lambda builder: builder
    signer: Issuer | None = None
    body: bytes | None = None
    leaves: list[x509.Certificate] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = LoopbackServer(self._respond)

    @property
    def crl_url(self) -> str:
        return f"{self.server.url}/ca.crl"

    @property
    def asked(self) -> int:
        return len(self.server.asked)

    def leaf(self, *, by_ocsp: bool = False) -> x509.Certificate:
        """A leaf that names the CRL, or the OCSP responder alone."""
        uri = x509.UniformResourceIdentifier(self.server.url + "/ocsp" if by_ocsp else self.crl_url)
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri)
        point = x509.DistributionPoint([uri], None, None, None)
        extension = (
            x509.AuthorityInformationAccess([access]) if by_ocsp else x509.CRLDistributionPoints([point])
        )
        begin, end = self.now() - _DAY, self.now() + 60 * _DAY
        made = self.issuer.issue(["www.example.com"], not_before=begin, not_after=end, extensions=[extension])
        self.leaves.append(made)
        return made

    def crl(self) -> bytes:
        now, signer = self.now(), self.signer or self.issuer
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.issuer.certificate.subject)
        builder = builder.last_update(now).next_update(now + 7 * _DAY)
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        for each in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        signed = self.change(builder).sign(signer.key, SHA256())
        return signed.public_bytes(Encoding.DER)

    def _respond(self, asked: Asked) -> Reply:
        if self.body is not None:
            return Reply(200, self.body)
        return Reply(200, self.crl() if asked.path == "/ca.crl" else self._ocsp(unquote(asked.path)))

    def _ocsp(self, path: str) -> bytes:
        question = ocsp.load_der_ocsp_request(b64decode(path.removeprefix("/ocsp/")))
        [leaf] = [each for each in self.leaves if each.serial_number == question.serial_number]
        is_revoked, now = leaf in self.revoked, self.now()
        builder = ocsp.OCSPResponseBuilder().add_response(
            leaf,
            self.issuer.certificate,
            SHA1(),  # noqa: S303 - as the question has it
            ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
            now,
            now + _DAY,
            now if is_revoked else None,
            None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.issuer.certificate)
        return builder.sign(self.issuer.key, SHA256()).public_bytes(Encoding.DER)
