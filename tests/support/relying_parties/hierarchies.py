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
from certctl.crypto.ca_keys import spec_of
from certctl.crypto.pem import load_certificate
from certctl.domain.authorities.authorities import Authority, object_key
from certctl.domain.authorities.key_specs import KeyFamily, KeySpec
from certctl.domain.certificates.defaults import DEFAULT_ISSUER
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

_FIRST = (KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P256)
_MIXED = "RSA-only clients cannot verify it"
_LEAF_KEYS = {KeyFamily.ECDSA: "ECDSA-P256", KeyFamily.RSA: "RSA-2048"}


@dataclass(frozen=True)
class Hierarchy:
    """`ca` are files; `plane` is the stack, which goes on issuing."""

    issuer_id: str
    responding: Responding
    plane: ControlPlane
    ca: PublishedCa
    folder: Path

    @property
    def authority(self) -> Authority:
        """The issuing CA."""
        return _issuing(self.plane.pki, self.issuer_id)

    @property
    def root(self) -> Authority:
        found = self.plane.pki.authorities.get(self.authority.parent_id or "")
        assert found
        return found

    @property
    def ocsp_url(self) -> str:
        url = self.authority.ocsp_url
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
        urls = (self.authority.all_crl_url or "", self.root.crl_url)
        objects = filter(None, map(self.responding.pki.objects.get, map(object_key, urls)))
        crls = [x509.load_der_x509_crl(each.body) for each in objects]
        return [crl.public_bytes(Encoding.PEM).decode() for crl in crls]

    def issued(self, name: str, **fields: Any) -> "Identity":
        """A certificate with a new key of the family of the CA's."""
        made = new_key(_leaf_key(self.authority))
        fields |= {"csr_pem": csr_pem(name, [], made), "issuer_id": self.issuer_id}
        issued = self.plane.issued(name, **fields)
        stored = self.plane.stores.certificates.pem(issued.id, issued.serial_number or "")
        assert stored, f"{name} is {issued.lifecycle}"
        leaf = x509.load_pem_x509_certificate(stored.certificate_pem.encode())
        version = IssuedVersion(
            stored.certificate_pem,
            self.authority.certificate_pem,
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
    """The first one of a new stack, or another one beside it."""
    with local_aws(), pytest.MonkeyPatch.context() as patch:
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        pki = Pki(new_database(), s3, Clock(), new_keys())
        responding = Responding(pki, deployed_on(pki, patch), Privileges())
        _compose(pki)
        with serving(s3, lambda path: base64.b64decode(responding.get(path)["body"])) as server:
            patch.setenv("CERTCTL_PKI_HOST", f"127.0.0.1:{server.port}")
            patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
            public_host(responding, patch)
            issuer_id = _made(responding, root, issuing)
            plane, made = ControlPlane(pki), _issuing(pki, issuer_id)
            ca = Publication(plane, made, folder, _leaf_key(made)).published()
            yield Hierarchy(issuer_id, responding, plane, ca, folder)
        compose(DEPLOYED)


def _made(responding: Responding, root: KeySpec, issuing: KeySpec) -> str:
    """The id of the issuer whose CA has these keys."""
    first = _run("initialize")
    responding.publish()
    if (root, issuing) == _FIRST:
        return DEFAULT_ISSUER
    root_id = first["root_ca_id"] if root == _FIRST[0] else _second_root(responding.pki, root)
    key_arn = responding.pki.new_key("arn:aws:kms:eu-central-1:123456789012:key/issuing-2", issuing)
    about = {"issuer_id": "iss-second", "name": "Second", "subject": "CN=Second Issuing,O=Example"}
    mixed = {"confirm": _MIXED} if root.family is not issuing.family else {}
    _run("create_issuer", **about, **mixed, key_arn=key_arn, root_id=root_id)
    return about["issuer_id"]


def _second_root(pki: Pki, spec: KeySpec) -> str:
    key_arn = pki.new_key("arn:aws:kms:eu-central-1:123456789012:key/root-2", spec)
    made = _run("create_root", key_arn=key_arn, subject="CN=Second Root,O=Example")
    assert made["state"] == "active", made
    return str(made["root_id"])


def _run(action: str, **fields: str) -> dict[str, Any]:
    done: dict[str, Any] = stack_admin.lambda_handler({"action": action, **fields}, Context())
    return done


def _issuing(pki: Pki, issuer_id: str) -> Authority:
    found = pki.authorities.active_issuing(issuer_id)
    assert found, f"{issuer_id} has no active CA"
    return found


def _leaf_key(authority: Authority) -> str:
    return _LEAF_KEYS[spec_of(load_certificate(authority.certificate_pem).public_key()).family]


def _compose(pki: Pki) -> None:
    """Time passes while a function sleeps."""

    def sleep(seconds: float) -> None:
        pki.clock.advance(timedelta(seconds=seconds))

    compose(Overrides(database=pki.database, now=pki.clock, sleep=sleep, crl_spacing=timedelta(0)))
