"""The type of a certificate's key: of its current version, as lists and the record show it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.aws.clients import client
from tests.support.functions.deployed import Deployed
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

NAME = "www.example.com"


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def issued(world: Issuing, kind: str) -> Any:
    return world.issued(NAME, csr_pem=csr_pem(NAME, [], new_key(kind)))


def revoke_version(world: Issuing, certificate: Any) -> None:
    path = f"{CERTIFICATES}/{certificate['id']}/versions/{certificate['serial_number']}/revoke"
    assert world.api.post(path, {"reason": "superseded"}).status == 200


def forget_key_types(certificate_id: str) -> None:
    """Makes the rows of a certificate those of an earlier release."""
    dynamodb = client("dynamodb")
    rows = dynamodb.query(
        TableName="certificates",
        KeyConditionExpression="certificate_id = :id",
        ExpressionAttributeValues={":id": {"S": certificate_id}},
    )["Items"]
    for row in rows:
        row.pop("key_type", None)
        dynamodb.put_item(TableName="certificates", Item=row)


def shown(world: Issuing, certificate_id: str) -> str | None:
    """The type of the key, which the list and the record agree about."""
    (listed,) = world.api.get(CERTIFICATES).body["data"]
    read = world.read(certificate_id)
    assert listed["key_type"] == read["key_type"]
    return read["key_type"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["RSA-2048", "ECDSA-P384", "Ed25519"])
def test_a_certificate_has_the_type_of_the_key_in_its_request(world: Issuing, kind: str) -> None:
    certificate = issued(world, kind)

    assert shown(world, certificate["id"]) == kind


def test_a_certificate_without_a_version_has_none(world: Issuing) -> None:
    pending = world.created(NAME)

    assert shown(world, pending.body["id"]) is None


def test_a_renewal_and_the_revocation_of_its_version_change_it(world: Issuing) -> None:
    certificate = issued(world, "RSA-2048")
    renewed = world.rekeyed(certificate["id"])
    assert shown(world, certificate["id"]) == "ECDSA-P256"

    revoke_version(world, renewed)

    assert shown(world, certificate["id"]) == "RSA-2048"


def test_a_certificate_of_an_earlier_release_has_none_until_it_is_renewed(world: Issuing) -> None:
    certificate = issued(world, "RSA-2048")
    forget_key_types(certificate["id"])
    assert shown(world, certificate["id"]) is None

    world.rekeyed(certificate["id"])

    assert shown(world, certificate["id"]) == "ECDSA-P256"


def test_a_version_of_an_earlier_release_that_is_current_again_does_not_get_the_key_of_the_revoked_one(
    world: Issuing,
) -> None:
    certificate = issued(world, "RSA-2048")
    forget_key_types(certificate["id"])
    renewed = world.rekeyed(certificate["id"])

    revoke_version(world, renewed)

    assert world.read(certificate["id"])["serial_number"] == certificate["serial_number"]
    assert shown(world, certificate["id"]) is None
