"""What newOrder refuses, and with which problems."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.acme.authorizations import AuthorizationStatus
from certctl.domain.acme.eab_keys import AuthorizationMode, ChallengeType
from certctl.domain.acme.identifiers import Identifier, IdentifierType
from certctl.domain.acme.ordering.limits import LimitedAct
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.acme.views import WantedOrder
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Team
from certctl.domain.policies.policy_types import PolicyType
from certctl.store.acme.rates import hourly
from tests.support.acme.orders import (
    NAME,
    AcmeClient,
    client_of,
    eab_key,
    identifier,
    new_client,
    service_account,
)
from tests.support.catalog.entries import a_policy, a_profile, entry, store_entry
from tests.support.functions.control_plane import ControlPlane

P = ProblemType


def refused(client: AcmeClient, *names: str, **fields: Any) -> AcmeProblem:
    with pytest.raises(AcmeProblem) as problem:
        client.order(*names, **fields)
    return problem.value


def of_identifiers(client: AcmeClient, *identifiers: object) -> AcmeProblem:
    with pytest.raises(AcmeProblem) as problem:
        client.orders.create(client.caller, WantedOrder(identifiers))
    return problem.value


@pytest.mark.parametrize(
    "name",
    [
        "www.example.org",
        "*.example.com",
        "WWW.EXAMPLE.ORG",
        "xn--a.example.com",
        "münchen.example.com",
        "a..example.com",
        "example",
        "www.example.com.",
        "a.b.onion",
        "",
        "*",
        "*.*.example.com",
        "a*.example.com",
        "under_score.example.com",
    ],
)
def test_names_beyond_the_key_and_malformed_ones_are_rejected(client: AcmeClient, name: str) -> None:
    problem = of_identifiers(client, {"type": "dns", "value": name})
    assert problem.type is P.REJECTED_IDENTIFIER
    assert [each.identifier and each.identifier[0] for each in problem.subproblems] == ["dns"]


def test_an_address_is_no_dns_name(client: AcmeClient) -> None:
    for value in ("192.0.2.1", "2001:db8::1"):
        assert of_identifiers(client, {"type": "dns", "value": value}).type is P.REJECTED_IDENTIFIER


@pytest.mark.parametrize("value", ["192.0.2.256", "192.0.2.0/24", "fe80::1%eth0", "www.example.com", ""])
def test_what_is_no_address_is_rejected(client: AcmeClient, value: str) -> None:
    assert of_identifiers(client, {"type": "ip", "value": value}).type is P.REJECTED_IDENTIFIER


@pytest.mark.parametrize(
    "value",
    ["x", None, 1, [], {}, {"type": "dns"}, {"type": 1, "value": "a"}, {"type": "dns", "value": None}],
)
def test_what_is_no_identifier_is_malformed(client: AcmeClient, value: object) -> None:
    assert of_identifiers(client, value).type is P.MALFORMED


def test_other_types_are_unsupported(client: AcmeClient) -> None:
    problem = of_identifiers(client, {"type": "email", "value": "a@example.com"})
    assert problem.type is P.UNSUPPORTED_IDENTIFIER
    assert problem.subproblems[0].identifier == ("email", "a@example.com")


def test_an_order_has_1_to_80_identifiers(client: AcmeClient) -> None:
    assert of_identifiers(client).type is P.MALFORMED
    assert refused(client, *(f"n{n}.example.com" for n in range(81))).type is P.MALFORMED


def test_80_identifiers_are_one_order(plane: ControlPlane) -> None:
    client = new_client(plane, authorization=AuthorizationMode.CHALLENGES)
    view = client.order(*(f"n{n}.example.com" for n in range(80)))
    assert len(view.authorizations) == 80
    assert len(client.read(view.order).authorizations) == 80


def test_every_rejected_identifier_is_a_subproblem(client: AcmeClient) -> None:
    problem = refused(client, "a.example.org", "b.example.com", "c.example.net")
    shown = [each.identifier for each in problem.subproblems]
    assert shown == [("dns", "a.example.org"), ("dns", "c.example.net")]


def test_problems_of_several_types_are_compound(client: AcmeClient) -> None:
    problem = of_identifiers(client, {"type": "email", "value": "x"}, {"type": "dns", "value": "-"})
    assert problem.type is P.COMPOUND
    assert len(problem.subproblems) == 2


def test_identifiers_are_normalised_without_duplicates(client: AcmeClient) -> None:
    order = client.orders.create(
        client.caller,
        WantedOrder([identifier("WWW.Example.com"), identifier("www.example.com"), identifier("192.0.2.1")]),
    ).order
    assert order.identifiers == (
        Identifier(IdentifierType.DNS, "www.example.com"),
        Identifier(IdentifierType.IP, "192.0.2.1"),
    )


def test_a_pattern_matches_wildcard_names_if_the_key_allows_them(plane: ControlPlane) -> None:
    client = new_client(plane, wildcards=True)
    assert client.record(client.issued("*.example.com")).sans == ("DNS:*.example.com",)


def test_notbefore_and_notafter_are_malformed(client: AcmeClient) -> None:
    assert refused(client, has_validity=True).type is P.MALFORMED


@pytest.mark.parametrize("profile", ["mtls", "unknown", ""])
def test_a_profile_that_the_key_has_not_is_invalid(client: AcmeClient, profile: str) -> None:
    problem = refused(client, profile=profile)
    assert problem.type is P.INVALID_PROFILE
    assert "server" in problem.detail


def test_a_profile_is_shown_if_the_client_named_it(plane: ControlPlane) -> None:
    client = new_client(plane, profile_ids=("server", "mtls"))
    named, unnamed = client.order(profile="mtls").order, client.order().order
    assert (named.profile_id, named.has_profile) == ("mtls", True)
    assert (unnamed.profile_id, unnamed.has_profile) == ("server", False)


def test_profiles_that_need_approval_are_invalid(plane: ControlPlane) -> None:
    store_entry(plane.pki.database, a_profile("slow", plane.pki.clock(), requires_approval=True))
    problem = refused(new_client(plane, profile_ids=("slow",)))
    assert problem.type is P.INVALID_PROFILE


def test_names_that_the_profile_does_not_allow_are_rejected(plane: ControlPlane) -> None:
    store_entry(plane.pki.database, a_profile("own", plane.pki.clock(), san_patterns=("DNS:*.example.com",)))
    client = new_client(plane, profile_ids=("own",))
    problem = refused(client, "a.example.com", "a.b.example.com")
    assert problem.type is P.REJECTED_IDENTIFIER
    assert [each.identifier for each in problem.subproblems] == [("dns", "a.b.example.com")]


def test_the_names_of_other_teams_are_rejected(plane: ControlPlane) -> None:
    database, now = plane.pki.database, plane.pki.clock()
    for team, names in {"t-web": ("DNS:**.web.example.com",), "t-pay": ("DNS:**.pay.example.com",)}.items():
        store_entry(database, entry(Kind.TEAM, team, now, Team(allowed_names=names)))
    client = new_client(plane, team_id="t-web")
    client.order("a.web.example.com")
    problem = refused(client, "a.web.example.com", "a.pay.example.com")
    assert problem.type is P.REJECTED_IDENTIFIER
    assert [each.identifier for each in problem.subproblems] == [("dns", "a.pay.example.com")]
    assert "t-pay" not in problem.detail


@pytest.mark.parametrize(("tags", "is_refused"), [({}, True), ({"cost": "42"}, False)])
def test_the_fields_of_the_key_have_to_keep_policies(
    plane: ControlPlane, tags: Mapping[str, str], is_refused: bool
) -> None:
    policy = a_policy("p-1", PolicyType.REQUIRED_METADATA, plane.pki.clock(), tags=["cost"])
    store_entry(plane.pki.database, policy)
    client = new_client(plane, tags=tags)
    if not is_refused:
        assert client.order().status is OrderStatus.READY
        return
    problem = refused(client)
    assert problem.type is P.REJECTED_IDENTIFIER
    assert "the tag cost is missing" in problem.detail


def test_a_record_on_hold_takes_no_orders(client: AcmeClient) -> None:
    order = client.issued()
    client.plane.revoked(client.record(order).id, "certificateHold")
    assert refused(client).type is P.UNAUTHORIZED


def test_a_record_that_is_exempt_keeps_its_names(client: AcmeClient) -> None:
    plane = client.plane
    record = client.record(client.issued())
    stores, now = plane.stores, plane.pki.clock()
    exempt = record.with_changes(now, names_exempt_until=now + timedelta(days=30))
    plane.pki.database.transact([stores.certificates.save_step(record, exempt)])
    other = entry(Kind.TEAM, "t-other", now, Team(allowed_names=("DNS:www.example.com",)))
    store_entry(plane.pki.database, other)
    plane.pki.clock.advance(timedelta(minutes=2))
    assert client.order(NAME).status is OrderStatus.READY
    assert refused(client, NAME, "api.example.com").type is P.REJECTED_IDENTIFIER


def test_a_service_account_without_a_role_in_the_team_orders_nothing(plane: ControlPlane) -> None:
    client = new_client(plane)
    moved = client.edited(team_id="t-elsewhere", issuer_id="iss-none")
    assert refused(moved).type is P.UNAUTHORIZED


def test_an_issuer_that_is_not_there_is_no_fault_of_the_identifiers(plane: ControlPlane) -> None:
    subject = service_account(plane)
    client = client_of(plane, eab_key(plane, subject, issuer_id="iss-none"), subject)
    assert refused(client).type is P.UNAUTHORIZED


def test_an_account_has_300_orders_in_an_hour(client: AcmeClient) -> None:
    plane = client.plane
    use_up(client, client.caller.account.id, 299)
    client.order()
    problem = refused(client)
    assert (problem.type, problem.status) == (P.RATE_LIMITED, 429)
    assert problem.retry_after
    assert problem.retry_after <= 600
    plane.pki.clock.advance(timedelta(hours=1))
    client.order()


def test_an_eab_key_has_3000_orders_in_an_hour(client: AcmeClient) -> None:
    use_up(client, client.caller.eab_key.id, 3000)
    assert refused(client).type is P.RATE_LIMITED


def use_up(client: AcmeClient, subject_id: str, amount: int) -> None:
    database, now = client.plane.pki.database, client.plane.pki.clock()
    row = hourly(database, subject_id).take_step(LimitedAct.ORDERS, 10_000, now, None)
    database.write(row)
    database.client.update_item(
        TableName="state",
        Key=row.request["Key"],
        UpdateExpression="SET amount = :n",
        ExpressionAttributeValues={":n": {"N": str(amount)}},
    )


def test_challenges_make_an_authorization_for_each_identifier(plane: ControlPlane) -> None:
    client = new_client(plane, authorization=AuthorizationMode.CHALLENGES, wildcards=True)
    view = client.order("www.example.com", "*.example.com", "192.0.2.1")
    assert view.status is OrderStatus.PENDING
    offered = [each.challenges for each in view.authorizations]
    assert ChallengeType.DNS_01 in offered[0]
    assert offered[1:] == [
        (ChallengeType.DNS_01,),
        (ChallengeType.HTTP_01, ChallengeType.TLS_ALPN_01),
    ]
    assert {each.status for each in view.authorizations} == {AuthorizationStatus.PENDING}
    assert len({each.token for each in view.authorizations}) == 3
    assert client.read(view.order).authorizations == view.authorizations


def test_an_identifier_without_a_possible_challenge_is_rejected(plane: ControlPlane) -> None:
    mode, challenges = AuthorizationMode.CHALLENGES, (ChallengeType.HTTP_01,)
    client = new_client(plane, authorization=mode, challenges=challenges, wildcards=True)
    assert refused(client, "*.example.com").type is P.REJECTED_IDENTIFIER


def test_what_is_replaced_is_reflected_and_never_refused(client: AcmeClient) -> None:
    unknown = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"
    assert client.order(replaces=unknown).order.replaces == unknown
    assert client.stored(client.order(replaces=unknown).order).replaces == unknown
    assert refused(client, replaces="nonsense").type is P.MALFORMED


def test_orders_that_policies_refuse_count_too(plane: ControlPlane) -> None:
    policy = a_policy("p-1", PolicyType.REQUIRED_METADATA, plane.pki.clock(), tags=["cost"])
    store_entry(plane.pki.database, policy)
    client = new_client(plane)
    use_up(client, client.caller.account.id, 299)
    assert refused(client).type is P.REJECTED_IDENTIFIER
    assert refused(client).type is P.RATE_LIMITED
