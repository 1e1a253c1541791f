from collections.abc import Iterator

import pytest

from certctl.compose.rooms.base import DEPLOYED, Overrides
from certctl.connectors.aws import clients
from functions.crl_publisher.app import lambda_handler as crl_publisher
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.aws.local_kms import LocalKms, LocalLambda
from tests.support.clock import Clock
from tests.support.functions.deployed import compose
from tests.support.functions.stack_admin import ENVIRONMENT
from tests.support.template import table_definitions


@pytest.fixture
def pki() -> Iterator[Pki]:
    with local_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield Pki(new_database(), s3, Clock(), new_keys())


@pytest.fixture
def kms(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalKms]:
    """A deployed stack whose KMS and Lambda are in this process."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for table in table_definitions():
        monkeypatch.setenv(f"CERTCTL_TABLE_{table['TableName'].upper()}", table["TableName"])
    kms = LocalKms(pki.keys)
    local = {"kms": kms, "lambda": LocalLambda({"crl_publisher": crl_publisher})}
    real = clients.make_client
    monkeypatch.setattr(clients, "make_client", lambda name, *a, **k: local.get(name) or real(name, *a, **k))
    compose(Overrides(database=pki.database))
    yield kms
    compose(DEPLOYED)
