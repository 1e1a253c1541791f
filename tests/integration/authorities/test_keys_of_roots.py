"""The key of a root in the hands of a worker: should the record of a CA come to name it, IAM lets nobody but
stack_admin sign with it."""

from collections.abc import Iterator

import pytest

from certctl.domain.errors import Unavailable
from certctl.store.authorities.items import AuthorityItem
from functions.crl_publisher.app import lambda_handler as crl_publisher
from functions.stack_admin.app import lambda_handler as stack_admin
from tests.support.authorities.pki import Pki
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.functions.stack_admin import issuing_id
from tests.support.issuing.issuing import Issuing, issuing

ROOTS = "arn:aws:kms:eu-central-1:111122223333:key/root-2"
ISSUING = "arn:aws:kms:eu-central-1:111122223333:key/issuing-2"


def keyed(pki: Pki, arn: str) -> str:
    """The record of the issuing CA names that ARN, and the key there is the CA's. Returns the CA's id."""
    row = AuthorityItem.get("ca", issuing_id(pki))
    pki.keys[arn] = pki.keys[row.key_arn]
    row.update(actions=[AuthorityItem.key_arn.set(arn)])
    return str(row.id)


def taken(least_privilege: Privileges) -> set[str]:
    """What was refused, each call of a function once; the test's end finds nothing more."""
    refused = {" ".join(each.split()[:2]) for each in least_privilege.refused}
    least_privilege.refused.clear()
    return refused


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as made:
        yield made


def test_a_worker_signs_no_certificate_with_the_key_of_a_root(
    world: Issuing, least_privilege: Privileges
) -> None:
    keyed(world.pki, ROOTS)

    waiting = world.issued()

    assert (waiting["serial_number"], world.stack.clients["kms"].signed_with) == (None, [])
    assert taken(least_privilege) == {"signing_worker: kms:Sign"}
    world.stack.privileges.refused.clear()


def test_a_worker_signs_with_a_key_that_was_made_for_an_issuing_ca(world: Issuing) -> None:
    keyed(world.pki, ISSUING)

    assert world.issued()["serial_number"]
    assert world.stack.clients["kms"].signed_with == [ISSUING]


@pytest.fixture
def published(pki: Pki, kms: LocalKms) -> Pki:
    stack_admin({"action": "initialize"}, Context())
    issuing_ca = pki.authorities.active_issuing("iss-local")
    assert issuing_ca
    pki.revoke(issuing_ca, "0a01")
    kms.signed_with.clear()
    return pki


def test_the_publisher_signs_no_crl_with_the_key_of_a_root(
    published: Pki, kms: LocalKms, least_privilege: Privileges
) -> None:
    ca_id = keyed(published, ROOTS)

    with pytest.raises(Unavailable):
        crl_publisher({"action": "publish", "ca_id": ca_id}, Context())

    assert kms.signed_with == []
    assert taken(least_privilege) == {"crl_publisher: kms:Sign"}


def test_the_publisher_signs_with_a_key_that_was_made_for_an_issuing_ca(
    published: Pki, kms: LocalKms
) -> None:
    ca_id = keyed(published, ISSUING)

    assert crl_publisher({"action": "publish", "ca_id": ca_id}, Context())["published"]
    assert set(kms.signed_with) == {ISSUING}
