"""What relying parties can have of a CA: its certificates and CRLs as files, and the same over plain HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.pem import load_certificate
from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.authorities.sharding import Sharding
from certctl.domain.certificates.certificates import Certificate
from certctl.services.authorities.setup import AuthoritySettings
from tests.support.authorities.pki import BUCKET, SETTINGS, Pki, new_keys
from tests.support.authorities.sharded import sharded
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.serving import running_server

# Revoked certificates in three CRLs: who reads one of them only accepts two.
_REVOKED_SHARDS = 3


@dataclass(frozen=True)
class PublishedCa:
    """Certificates and CRLs as PEM files. A CRL as DER is beside it, as `.crl`."""

    root: Path
    issuing: Path
    good: tuple[Path, ...]
    revoked: tuple[Path, ...]
    """Each in another CRL if the CA has several."""
    numbered: tuple[Path, ...]
    """The CRLs that certificates name."""
    complete: Path
    """`all.crl`."""
    root_crl: Path

    @property
    def leaves(self) -> tuple[Path, ...]:
        return self.good + self.revoked


@contextmanager
def pki_host(folder: Path) -> Iterator[str]:
    """Host and port at which the files of the folder are served."""
    handler = partial(_QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    with running_server(server):
        yield f"127.0.0.1:{server.server_port}"


class _QuietHandler(SimpleHTTPRequestHandler):
    def guess_type(self, path: Any) -> str:
        return "application/pkix-crl" if str(path).endswith(".crl") else super().guess_type(path)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def new_ca(folder: Path, host: str) -> PublishedCa:
    """A CA with one complete CRL. Its files are at the paths in the folder at which `host` serves them."""
    return _published(folder, host, _unsharded)


def grown_ca(folder: Path, host: str) -> PublishedCa:
    """A CA with so many entries that its later certificates name shards, beside its complete CRL."""
    return _published(folder, host, _grown)


def ca_of_an_earlier_release(folder: Path, host: str) -> PublishedCa:
    """A CA whose every certificate names a shard."""
    return _published(folder, host, lambda pki, settings: sharded(pki, settings=settings))


def _published(folder: Path, host: str, made: Callable[[Pki, AuthoritySettings], Authority]) -> PublishedCa:
    with local_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        pki = Pki(new_database(), s3, Clock(), new_keys())
        issuing = made(pki, replace(SETTINGS, host=host))
        return Publication(ControlPlane(pki), issuing, folder).published()


def _unsharded(pki: Pki, settings: AuthoritySettings) -> Authority:
    return pki.authority(settings).initialize().issuing


def _grown(pki: Pki, settings: AuthoritySettings) -> Authority:
    """One entry is more than its limit."""
    issuing = _unsharded(pki, settings)
    pki.revoke(issuing, "0a01")
    pki.publishing().publish_due()
    opened = replace(pki, sharding=Sharding(split_over=0)).admin().cas.shard_expansion.expand_due()
    assert opened
    return issuing


@dataclass(frozen=True)
class Publication:
    """Issues and revokes certificates of an issuing CA of the plane, and writes what there is of it."""

    plane: ControlPlane
    issuing: Authority
    folder: Path
    key: str = "ECDSA-P256"

    def published(self) -> PublishedCa:
        revoked = self._issued_in_several_crls()
        good = [self._new(f"good{number}.example.com") for number in range(2)]
        for each in revoked:
            self.plane.revoked(each.id, "superseded")
        self.plane.pki.publishing().publish_due()
        (root,) = [each for each in self.plane.pki.authorities.all() if each.ca_id == self.issuing.parent_id]
        assert self.issuing.all_crl_url
        return PublishedCa(
            root=self._written("root.pem", root.certificate_pem),
            issuing=self._written("issuing.pem", self.issuing.certificate_pem),
            good=tuple(map(self._leaf, good)),
            revoked=tuple(map(self._leaf, revoked)),
            numbered=tuple(map(self._crl, self._numbered)),
            complete=self._crl(self.issuing.all_crl_url),
            root_crl=self._crl(root.crl_url),
        )

    @property
    def _numbered(self) -> list[str]:
        """URLs of the CRLs that certificates name."""
        shards = self.plane.pki.authorities.shards(self.issuing.ca_id)
        return [each.url for each in shards if each.is_numbered]

    def _issued_in_several_crls(self) -> list[Certificate]:
        found = dict[str, Certificate]()
        wanted = min(_REVOKED_SHARDS, len(self._numbered))
        while len(found) < wanted:
            issued = self._new(f"revoked{len(found)}.example.com")
            found.setdefault(_crl_url_in(self._pem(issued)), issued)
        return list(found.values())

    def _new(self, name: str) -> Certificate:
        request = csr_pem(name, [], new_key(self.key))
        return self.plane.issued(name, csr_pem=request, issuer_id=self.issuing.issuer_id)

    def _pem(self, certificate: Certificate) -> str:
        issued = self.plane.stores.certificates.pem(certificate.id, str(certificate.serial_number))
        assert issued
        return issued.certificate_pem

    def _leaf(self, certificate: Certificate) -> Path:
        return self._written(f"{certificate.common_name}.pem", self._pem(certificate))

    def _written(self, name: str, text: str) -> Path:
        path = self.folder / f"{self.issuing.ca_id}-{name}"
        path.write_text(text)
        return path

    def _crl(self, url: str) -> Path:
        """The file as PEM. As DER it is where the host serves it."""
        stored = self.plane.pki.objects.get(object_key(url))
        assert stored
        der = self.folder / object_key(url)
        der.parent.mkdir(parents=True, exist_ok=True)
        der.write_bytes(stored.body)
        pem = der.with_suffix(".pem")
        pem.write_bytes(x509.load_der_x509_crl(stored.body).public_bytes(Encoding.PEM))
        return pem


def _crl_url_in(pem: str) -> str:
    points = load_certificate(pem).extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    return str((points[0].full_name or [])[0].value)
