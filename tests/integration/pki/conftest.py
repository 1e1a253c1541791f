from collections.abc import Iterator

import pytest

from tests.support.aws import REGION, client, local_aws, new_database
from tests.support.clock import Clock
from tests.support.pki import BUCKET, Pki, new_keys


@pytest.fixture
def pki() -> Iterator[Pki]:
    with local_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield Pki(new_database(), s3, Clock(), new_keys())
