"""What a release signed, with the rows that it signed by: `python -m tests.support.releases.signing NAME
[SHARDS]` records it with the code of the moment, to be compared with what later code makes of the same rows.

Keys are derived from numbers, signatures are deterministic (RFC 6979), and the clock stands, so that a
document that is made again has the same bytes.
"""

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from certctl.crypto.kms_key import InKms, KmsPrivateKey
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.profiles import KeyRule, Profile
from certctl.domain.policies.usages import ExtendedKeyUsage, KeyAlgorithm
from tests.support.authorities.pki import BUCKET, Pki
from tests.support.authorities.sharded import sharded
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.aws.least_privilege import unconfined
from tests.support.catalog.entries import entry, store_entry
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.template import ROOT

_FILE = ROOT / "tests/support/releases/signing.json"
MADE_AT = datetime(2026, 11, 27, 12, 1, 30, tzinfo=UTC)
PUBLISHED_AT = MADE_AT + timedelta(minutes=1)
_TABLES = ("state", "catalog", "certificates", "serials", "revocations")
_HASHES = {"ECDSA_SHA_256": hashes.SHA256(), "ECDSA_SHA_384": hashes.SHA384()}
_SHORT = timedelta(days=7)
CUSTOM = Profile(
    (ExtendedKeyUsage.EMAIL_PROTECTION, ExtendedKeyUsage.CLIENT_AUTH, ExtendedKeyUsage.CODE_SIGNING),
    "A profile of an organisation",
    timedelta(days=30),
    (KeyRule(KeyAlgorithm.RSA, (2048, 3072)), KeyRule(KeyAlgorithm.ECDSA)),
    ("DNS:*.example.com", "email:*@example.com"),
)
_SANS: Mapping[str, list[str]] = {
    "server": ["192.0.2.1", "2001:db8::1"],
    "mtls": ["spiffe://example.com/shop"],
    "client": [],
    "short": [],
    "custom": ["shop@example.com"],
}
Row = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Snapshot:
    """Rows by table, and the objects of the PKI's bucket."""

    rows: Mapping[str, list[Row]]
    objects: Mapping[str, bytes]

    def restore(self) -> None:
        """Into tables that exist and a bucket that does not."""
        for table, rows in self.rows.items():
            for row in rows:
                client("dynamodb").put_item(TableName=table, Item=row)
        create_bucket()
        for name, body in self.objects.items():
            client("s3").put_object(Bucket=BUCKET, Key=name, Body=body)


@dataclass(frozen=True)
class Released:
    """`before`: revocations wait to be published; `crls`: the objects once they were."""

    name: str
    before: Snapshot
    crls: Mapping[str, bytes]


def released(release: str) -> Released:
    stored = json.loads(_FILE.read_text(encoding="utf-8"))[release]
    before = Snapshot(stored["rows"], _decoded(stored["objects"]))
    return Released(release, before, _decoded(stored["crls"]))


def deterministic_keys() -> dict[str, InKms]:
    """The same in each run: their numbers are no secret."""
    root = ec.derive_private_key(0x526F6F74, ec.SECP384R1())
    return {"arn:root": _kms_key(root), "arn:issuing": _kms_key(ec.derive_private_key(7, ec.SECP256R1()))}


def standing_clock(moment: datetime) -> Clock:
    clock = Clock()
    clock.time = moment
    return clock


def create_bucket() -> None:
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


def objects_of_the_bucket() -> dict[str, bytes]:
    s3 = client("s3")
    names = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {name: s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names}


def rows_of(table: str) -> list[Row]:
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return sorted((row for page in pages for row in page["Items"]), key=json.dumps)


def _kms_key(key: ec.EllipticCurvePrivateKey) -> KmsPrivateKey:
    def sign_digest(digest: bytes, algorithm: str) -> bytes:
        asked = ec.ECDSA(utils.Prehashed(_HASHES[algorithm]), deterministic_signing=True)
        return key.sign(digest, asked)

    return KmsPrivateKey(key.public_key(), sign_digest)


def _recorded(shards: int) -> dict[str, Any]:
    """With a new CA, or with one of an earlier release that has so many shards."""
    with local_aws(), unconfined():
        database = new_database()
        create_bucket()
        pki = Pki(database, client("s3"), standing_clock(MADE_AT), deterministic_keys())
        if shards:
            sharded(pki, shards)
        else:
            pki.authority().initialize()
        for name, profile in (("custom", CUSTOM), ("short", _short_lived())):
            store_entry(database, entry(Kind.PROFILE, name, pki.clock(), profile))
        _issue_and_revoke(ControlPlane(pki))
        rows = {table: rows_of(table) for table in _TABLES}
        objects = objects_of_the_bucket()
        pki.clock.time = PUBLISHED_AT
        pki.publishing().publish_due()
        crls = objects_of_the_bucket()
    return {"rows": rows, "objects": _encoded(objects), "crls": _encoded(crls)}


def _short_lived() -> Profile:
    """Without revocation where the release has such profiles."""
    fields: dict[str, Any] = {"no_rev_avail": True} if "no_rev_avail" in Profile.__annotations__ else {}
    return Profile((ExtendedKeyUsage.SERVER_AUTH,), max_ttl=_SHORT, **fields)


def _issue_and_revoke(plane: ControlPlane) -> None:
    """One leaf of each profile with each family of keys; those with RSA keys are revoked."""
    for profile, sans in _SANS.items():
        for key in ("ECDSA-P256", "RSA-2048"):
            name = f"{profile}-{key.lower()}.example.com"
            fields: dict[str, Any] = {} if profile == "server" else {"profile_id": profile}
            csr = csr_pem(name, sans, new_key(key))
            issued = plane.issued(name, sans=sans, csr_pem=csr, **fields)
            if key == "RSA-2048":
                plane.revoked(issued.id, "keyCompromise" if profile == "custom" else "superseded")


def _encoded(objects: Mapping[str, bytes]) -> dict[str, str]:
    return {name: b64encode(body).decode() for name, body in objects.items()}


def _decoded(objects: Mapping[str, str]) -> dict[str, bytes]:
    return {name: b64decode(text) for name, text in objects.items()}


if __name__ == "__main__":
    _stored = json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {}
    _release, *_shards = sys.argv[1:]
    _stored[_release] = _recorded(int(*_shards))
    _FILE.write_text(json.dumps(_stored, indent=1) + "\n", encoding="utf-8")
