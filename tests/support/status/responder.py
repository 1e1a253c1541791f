"""crl_publisher and ocsp_responder as they are deployed, each with its own permissions."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from certctl.compose.rooms.base import DEPLOYED, Overrides
from certctl.connectors.aws import clients
from certctl.crypto.pem import load_certificate
from certctl.crypto.serials import new_serial, serial_text
from certctl.domain.authorities.authorities import Authority
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.revocation.revocations import Revocation
from certctl.store.issuing.items import SerialItem
from certctl.store.keys import ca_serial
from certctl.store.writes import put
from functions.crl_publisher.app import lambda_handler as crl_publisher
from functions.ocsp_responder.app import lambda_handler as ocsp_responder
from functions.stack_admin.app import lambda_handler as stack_admin
from functions.status_watch.app import lambda_handler as status_watch
from tests.support.api.http import event
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms, LocalLambda
from tests.support.clock import Clock
from tests.support.functions.deployed import compose
from tests.support.functions.lambda_context import Context
from tests.support.functions.stack_admin import ENVIRONMENT
from tests.support.status.ocsp import request_of
from tests.support.template import table_definitions


@contextmanager
def running() -> Iterator["Responding"]:
    """A responder for tests that leave its CA and itself as they find them."""
    with local_aws(), pytest.MonkeyPatch.context() as patch:
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        pki = Pki(new_database(), s3, Clock(), new_keys())
        kms = deployed_on(pki, patch)
        compose(Overrides(database=pki.database, now=pki.clock, crl_spacing=timedelta(0)))
        yield Responding(pki, kms, Privileges()).started()
        compose(DEPLOYED)


def deployed_on(pki: Pki, patch: pytest.MonkeyPatch) -> LocalKms:
    """The environment of a deployed stack whose KMS and Lambda are in this process."""
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    for table in table_definitions():
        patch.setenv(f"CERTCTL_TABLE_{table['TableName'].upper()}", table["TableName"])
    kms, real = LocalKms(pki.keys), clients.make_client
    watch = Privileges().of("status_watch", status_watch)
    local = {"kms": kms, "lambda": LocalLambda({"crl_publisher": crl_publisher, "status_watch": watch})}
    patch.setattr(clients, "make_client", lambda name, *a, **k: local.get(name) or real(name, *a, **k))
    return kms


@dataclass(frozen=True)
class Responding:
    pki: Pki
    kms: LocalKms
    privileges: Privileges

    def started(self) -> "Responding":
        stack_admin({"action": "initialize"}, Context())
        self.publish()
        return self

    @property
    def first(self) -> Authority:
        """The issuing CA, in whatever state."""
        return next(authority for authority in self.pki.authorities.all() if authority.role == "issuing")

    @property
    def root(self) -> Authority:
        return next(authority for authority in self.pki.authorities.all() if authority.role == "root")

    @property
    def authority(self) -> Authority:
        found = self.pki.authorities.active_issuing("iss-local")
        assert found
        return found

    @property
    def certificate(self) -> x509.Certificate:
        return load_certificate(self.authority.certificate_pem)

    def publish(self, **fields: str) -> dict[str, Any]:
        """Publishes like the schedule, or runs an administrator's action with `fields`."""
        return self.privileges.of("crl_publisher", crl_publisher)(fields, Context())

    def reserved(self, state: VersionState = VersionState.ISSUED, days: int = 90) -> int:
        """A new serial of the CA whose certificate ends in so many days."""
        serial = new_serial()
        item = SerialItem(
            ca_serial=ca_serial(self.authority.ca_id, serial_text(serial)),
            spki_sha256="00",
            certificate_id="mc-1",
            job_id="job-1",
            crl_shard=0,
            not_after=self.pki.clock() + timedelta(days=days),
            state=state,
        )
        self.pki.database.write(put(item))
        return serial

    def revoke(self, serial: int, reason: str = "unspecified", **fields: Any) -> Revocation:
        return self.pki.revoke(self.authority, serial_text(serial), reason, **fields)

    def post(self, body: bytes) -> dict[str, Any]:
        """Posts a request. Its CertIDs decide about the CA, not the path."""
        return self._call(event("POST", f"/ocsp/{self.first.ca_id}", body=body))

    def get(self, path: str) -> dict[str, Any]:
        return self._call(event("GET", path))

    def ask(self, *serials: int) -> ocsp.OCSPResponse:
        return read(self.post(request_of(self.certificate, serials).der))

    def ask_about(self, authority: Authority, serial: int) -> ocsp.OCSPResponse:
        """Asks about a CA in whatever state."""
        return read(self.post(request_of(load_certificate(authority.certificate_pem), [serial]).der))

    def _call(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Fails if the function made a call that its policy does not allow."""
        answer = self.privileges.of("ocsp_responder", ocsp_responder)(sent, Context())
        assert not self.privileges.refused, self.privileges.refused
        return answer


def read(answer: dict[str, Any]) -> ocsp.OCSPResponse:
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert answer["headers"]["content-type"] == "application/ocsp-response"
    return ocsp.load_der_ocsp_response(base64.b64decode(answer["body"]))
