"""A root and an issuing CA with keys of given specs: the functions of a stack make them, issue and revoke,
and its host serves their files and answers by OCSP."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.compose.rooms.base import DEPLOYED, Overrides
from certctl.domain.authorities.authorities import object_key
from certctl.domain.authorities.key_specs import KeyFamily, KeySpec
from functions.stack_admin import app as stack_admin
from tests.support.agents.ca import IssuedVersion
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.aws.least_privilege import Privileges
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.deployed import compose
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import csr_pem, key_pem, new_key
from tests.support.relying_parties.published import Publication, PublishedCa
from tests.support.status.public_host import public_host
from tests.support.status.relying_party import serving
from tests.support.status.responder import Responding, deployed_on

LEAF_KEYS = {KeyFamily.ECDSA: "ECDSA-P256", KeyFamily.RSA: "RSA-2048"}


@dataclass(frozen=True)
class Hierarchy:
    """`ca` are files; `plane` is the stack, which goes on issuing."""

    root: KeySpec
    issuing: KeySpec
    responding: Responding
    plane: ControlPlane
    ca: PublishedCa
    folder: Path

    @property
    def ocsp_url(self) -> str:
        url = self.responding.authority.ocsp_url
        assert url
        return url

    @property
    def bundle(self) -> Path:
        """What a client of this stack trusts, and nothing else."""
        path = self.folder / "bundle.pem"
        path.write_bytes(client("s3").get_object(Bucket=BUCKET, Key="pki/bundle.pem")["Body"].read())
        return path

    def crls(self) -> list[str]:
        """The complete CRL of the issuing CA, and the root's, as they are published, in PEM."""
        urls = (self.responding.authority.all_crl_url or "", self.responding.root.crl_url)
        objects = filter(None, map(self.responding.pki.objects.get, map(object_key, urls)))
        crls = [x509.load_der_x509_crl(each.body) for each in objects]
        return [crl.public_bytes(Encoding.PEM).decode() for crl in crls]

    def issued(self, name: str, key: str = "", **fields: Any) -> "Identity":
        """A certificate with a new key, of the family of the CA's unless `key` says another."""
        made = new_key(key or LEAF_KEYS[self.issuing.family])
        issued = self.plane.issued(name, csr_pem=csr_pem(name, [], made), **fields)
        stored = self.plane.stores.certificates.pem(issued.id, issued.serial_number or "")
        assert stored, f"{name} is {issued.lifecycle}"
        leaf = x509.load_pem_x509_certificate(stored.certificate_pem.encode())
        version = IssuedVersion(
            stored.certificate_pem,
            self.responding.authority.certificate_pem,
            f"{leaf.serial_number:x}",
            leaf.fingerprint(SHA256()).hex(),
            leaf.not_valid_after_utc,
        )
        return Identity(issued.id, version, key_pem(made), self.folder / f"{issued.id}.pem")


@dataclass(frozen=True)
class Identity:
    """A certificate of a stack with its key. `path`: where its file is, once it is `written`."""

    id: str
    version: IssuedVersion
    key: str
    path: Path

    def written(self) -> "Identity":
        """With certificate, chain and key in one file, as servers and clients read it."""
        self.path.write_text(self.version.full + self.key)
        return self


@contextmanager
def hierarchy(root: KeySpec, issuing: KeySpec, folder: Path) -> Iterator[Hierarchy]:
    with local_aws(), pytest.MonkeyPatch.context() as patch:
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        pki = Pki(new_database(), s3, Clock(), new_keys(root, issuing))
        responding = Responding(pki, deployed_on(pki, patch), Privileges())
        _compose(pki)
        with serving(s3, lambda path: base64.b64decode(responding.get(path)["body"])) as server:
            patch.setenv("CERTCTL_PKI_HOST", f"127.0.0.1:{server.port}")
            patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
            public_host(responding, patch)
            stack_admin.lambda_handler({"action": "initialize"}, Context())
            responding.publish()
            plane = ControlPlane(pki)
            ca = Publication(plane, responding.authority, folder, LEAF_KEYS[issuing.family]).published()
            yield Hierarchy(root, issuing, responding, plane, ca, folder)
        compose(DEPLOYED)


def _compose(pki: Pki) -> None:
    """Time passes while a function sleeps."""

    def sleep(seconds: float) -> None:
        pki.clock.advance(timedelta(seconds=seconds))

    compose(Overrides(database=pki.database, now=pki.clock, sleep=sleep, crl_spacing=timedelta(0)))
