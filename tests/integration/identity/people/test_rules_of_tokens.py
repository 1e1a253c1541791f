"""What a trust rule means for tokens that it admitted: they end with it, its writers answer for them."""

from datetime import timedelta

import pytest

from certctl.compose.identity_api import IdentityApi
from certctl.domain.access.permissions import Role
from certctl.domain.jobs.approvals import Requester
from tests.support.costs.read_units import metered_reads
from tests.support.identity.trust import RULES, Trust

ME = "/api/v1/certificates"


@pytest.mark.parametrize("end", ["disable", "delete"])
def test_the_credentials_of_a_rule_end_with_it(trust: Trust, end: str) -> None:
    """Writes at once; reads that a process remembers within 15 s."""
    text, client = trust.credential(), trust.stack.admin("catalog_api")
    reader, writer = (trust.stack.client(f, text) for f in ("certificates_api", "catalog_api"))
    assert reader.get(ME).status == 200
    assert writer.post("/api/v1/teams", {"name": "more"}).status == 403
    if end == "disable":
        trust.write(enabled=False)
    else:
        assert client.delete(f"{RULES}/tr-ci").status == 204
    assert writer.post("/api/v1/teams", {"name": "more"}).status == 401
    assert reader.post(ME, {"common_name": "a.example"}).status == 401
    trust.stack.clock.advance(timedelta(seconds=16))
    assert reader.get(ME).status == 401


def test_the_rule_costs_each_check_of_its_credential_one_more_read(trust: Trust) -> None:
    credentials, text = IdentityApi(trust.stack.overrides).access.authentication, trust.credential()
    with metered_reads(trust.stack.database.client) as meter:
        credentials.authenticate_uncached(f"Bearer {text}")
    requests = [(operation, units) for operation, _, units in meter.reads]
    assert requests == [("BatchGetItem", 2), ("GetItem", 1)]
    with metered_reads(trust.stack.database.client) as meter:
        credentials.authenticate_uncached(f"Bearer {trust.stack.admin_key}")
    assert [operation for operation, *_ in meter.reads] == ["BatchGetItem"]


def test_what_a_token_asks_for_is_approved_by_none_of_those_who_wrote_its_trust_rule(trust: Trust) -> None:
    writer = trust.stack.new_key(Role.ADMIN, owner_id="o-writer")
    body = trust.rule | {"lifetime_seconds": 600}
    assert trust.stack.client("catalog_api", writer).put(f"{RULES}/tr-ci", body).status == 200
    credentials = IdentityApi(trust.stack.overrides).access.authentication

    def requester(text: str) -> Requester:
        return Requester.of(credentials.authenticate_uncached(f"Bearer {text}"))

    token = requester(trust.credential())
    also = requester(trust.stack.new_key(Role.ADMIN, owner_id="o-writer"))
    assert requester(writer).is_same_person_as(token)
    assert also.is_same_person_as(token)
    assert requester(trust.stack.admin_key).is_same_person_as(token), "who pointed it at the repository"

    body["claims"] = [{"path": ["repository_id"], "values": ["5678"]}]
    assert trust.stack.client("catalog_api", writer).put(f"{RULES}/tr-ci", body).status == 200
    other = requester(trust.credential(repository_id="5678", jti="another"))
    assert requester(writer).is_same_person_as(other)
    assert not requester(trust.stack.admin_key).is_same_person_as(other), "whose repository it was"
