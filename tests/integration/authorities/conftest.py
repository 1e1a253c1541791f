from collections.abc import Iterator
from datetime import timedelta

import pytest

from certctl.compose.rooms.base import DEPLOYED, Overrides
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.aws.local_kms import LocalKms
from tests.support.clock import Clock
from tests.support.functions.deployed import compose
from tests.support.status.responder import deployed_on


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
    kms = deployed_on(pki, monkeypatch)
    compose(Overrides(database=pki.database, crl_spacing=timedelta(0)))
    yield kms
    compose(DEPLOYED)
