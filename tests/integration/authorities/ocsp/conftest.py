import pytest

from certctl.compose.rooms.base import Overrides
from tests.support.authorities.pki import Pki
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.deployed import compose
from tests.support.status.responder import Responding


@pytest.fixture
def responding(pki: Pki, kms: LocalKms) -> Responding:
    """A stack whose issuing CA has its responder."""
    compose(Overrides(database=pki.database, now=pki.clock))
    return Responding(pki, kms, Privileges()).started()
