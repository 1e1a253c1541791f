from collections.abc import Iterator

import pytest

from tests.support.aws import REGION, client, local_aws, new_database
from tests.support.clock import Clock
from tests.support.control_plane import ControlPlane
from tests.support.pki import BUCKET, Pki, new_keys


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    """With CAs made and empty CRLs published, as after a deploy."""
    with local_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        pki = Pki(new_database(), s3, Clock(), new_keys())
        pki.authority().initialize()
        yield ControlPlane(pki)
