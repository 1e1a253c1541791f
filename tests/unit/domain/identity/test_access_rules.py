from dataclasses import replace
from typing import Any

import pytest

from certctl.domain.access.permissions import ALL_TEAMS, Permission, Role
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.errors import Forbidden
from certctl.domain.identity.access_rules import (
    AccessRule,
    Evaluation,
    access_rule_problems,
    evaluate,
    require_may_write,
    without_rule,
)
from certctl.domain.identity.accounts import User

OKTA = "idp-okta"


def a_rule(path: str = "groups", *values: str, **changes: Any) -> AccessRule:
    fields: dict[str, Any] = {
        "provider_id": OKTA,
        "claim_path": tuple(path.split(">")),
        "values": values or ("pki",),
        "role": Role.OPERATOR,
        "teams": ("t-pay",),
    }
    return AccessRule(**fields | changes)


def evaluated(*rules: AccessRule, **claims: Any) -> Evaluation:
    return evaluate({f"ar-{number}": rule for number, rule in enumerate(rules, 1)}, claims)


def reason(evaluation: Evaluation) -> str:
    (result,) = evaluation.results
    return result.reason


class TestMatching:
    def test_one_of_a_list_s_values_is_enough(self) -> None:
        found = evaluated(a_rule("groups", "ops", "pki"), groups=["staff", "pki"])

        assert found.grants == (Grant(Role.OPERATOR, ("t-pay",)),)
        assert (found.rule_ids, reason(found)) == (("ar-1",), "groups has pki.")

    def test_a_single_text_is_compared_too(self) -> None:
        assert evaluated(a_rule("department", "pki"), department="pki").admitted

    def test_a_nested_claim_is_found_by_its_path(self) -> None:
        assert evaluated(a_rule("realm_access>roles", "pki"), realm_access={"roles": ["pki"]}).admitted

    @pytest.mark.parametrize("value", ["PKI", "pki ", "pki-2", "xpki", "p*", ".*"])
    def test_only_the_exact_value_matches(self, value: str) -> None:
        found = evaluated(a_rule(), groups=[value])

        assert not found.admitted
        assert reason(found) == "groups has none of the rule's values."

    @pytest.mark.parametrize("claims", [{}, {"groups": None}, {"groups": {"pki": True}}, {"groups": 1.5}])
    def test_a_claim_that_cannot_be_compared_matches_nothing(self, claims: dict[str, Any]) -> None:
        found = evaluated(a_rule(), **claims)

        assert (found.grants, found.rule_ids) == ((), ())
        assert reason(found) == "There is no claim groups that can be compared."

    def test_without_rules_nobody_is_admitted(self) -> None:
        assert evaluate({}, {"groups": ["pki"]}) == Evaluation((), ())


class TestAddingUp:
    def test_matches_of_one_role_add_their_teams(self) -> None:
        found = evaluated(a_rule(), a_rule("sub", "me", teams=("t-web",)), groups=["pki"], sub="me")

        assert found.grants == (Grant(Role.OPERATOR, ("t-pay", "t-web")),)
        assert found.rule_ids == ("ar-1", "ar-2")

    def test_no_role_reaches_the_teams_of_another_rule(self) -> None:
        viewer = a_rule("groups", "staff", role=Role.VIEWER, teams=(ALL_TEAMS,))

        found = evaluated(a_rule(), viewer, groups=["pki", "staff"])

        assert found.grants == (Grant(Role.OPERATOR, ("t-pay",)), Grant(Role.VIEWER, (ALL_TEAMS,)))

    def test_each_rule_has_its_result_also_without_a_match(self) -> None:
        found = evaluated(a_rule("groups", "ops"), a_rule(), groups=["pki"])

        assert [result.matched for result in found.results] == [False, True]


class TestMail:
    @pytest.mark.parametrize("verified", [True, "true"])
    def test_a_verified_address_matches(self, verified: Any) -> None:
        rule = a_rule("email", "a@example.com")

        assert evaluated(rule, email="a@example.com", email_verified=verified).admitted

    @pytest.mark.parametrize("claims", [{}, *({"email_verified": v} for v in (False, "false", 1, None))])
    def test_any_other_address_does_not(self, claims: dict[str, Any]) -> None:
        found = evaluated(a_rule("email", "a@example.com"), email="a@example.com", **claims)

        assert not found.admitted
        assert "email_verified" in reason(found)


class TestOverage:
    @pytest.mark.parametrize(
        "sign",
        [
            {"_claim_names": {"groups": "src1"}},
            {"_claim_names": {"groups": "src1"}, "groups": ["pki"]},
            {"_claim_names": ["groups"]},
            {"hasgroups": True},
            {"hasgroups": "true"},
        ],
    )
    def test_groups_that_the_token_leaves_out_admit_nobody(self, sign: dict[str, Any]) -> None:
        by_role = a_rule("roles", "certctl-admin", role=Role.ADMIN, teams=(ALL_TEAMS,))

        found = evaluated(a_rule(), by_role, roles=["certctl-admin"], **sign)

        assert (found.grants, found.rule_ids, found.admitted) == ((), (), False)
        assert found.refusal is not None
        assert "app roles" in found.refusal

    def test_it_does_not_matter_if_no_rule_reads_groups(self) -> None:
        by_role = a_rule("roles", "certctl-operator")

        found = evaluated(
            by_role, roles=["certctl-operator"], _claim_names={"groups": "src1"}, hasgroups=True
        )

        assert found.admitted

    def test_a_provider_that_says_it_left_nothing_out_is_believed(self) -> None:
        assert evaluated(a_rule(), groups=["pki"], hasgroups=False, _claim_names={}).admitted


class TestWithdrawing:
    """A user who signed in as an operator of payments and a viewer of all teams."""

    OPERATOR = a_rule()
    VIEWER = a_rule("groups", "staff", role=Role.VIEWER, teams=(ALL_TEAMS,))
    USER = User(rules=("ar-1", "ar-2"), rule_grants=(OPERATOR.grant, VIEWER.grant))

    def test_a_deleted_rule_s_grant_goes_and_the_others_stay(self) -> None:
        user = without_rule(self.USER, "ar-1", {"ar-2": self.VIEWER})

        assert user.rules == ("ar-2",)
        assert user.all_grants == (Grant(Role.VIEWER, (ALL_TEAMS,)),)

    def test_a_changed_rule_gives_nothing_until_the_next_sign_in(self) -> None:
        wider = a_rule(teams=(ALL_TEAMS,))

        user = without_rule(self.USER, "ar-1", {"ar-1": wider, "ar-2": self.VIEWER})

        assert user.all_grants == (Grant(Role.VIEWER, (ALL_TEAMS,)),)

    def test_another_rule_that_gives_more_by_now_gives_no_more_than_at_the_sign_in(self) -> None:
        admin = a_rule("groups", "staff", role=Role.ADMIN, teams=(ALL_TEAMS,))

        user = without_rule(self.USER, "ar-1", {"ar-2": admin})

        assert Grant(Role.ADMIN, (ALL_TEAMS,)) not in user.all_grants
        assert {grant.role for grant in user.all_grants} <= {Role.OPERATOR, Role.VIEWER}

    def test_without_a_rule_left_nothing_but_direct_grants_is_left(self) -> None:
        direct = Grant(Role.VIEWER, ("t-web",))
        user = replace(self.USER, rules=("ar-1",), grants=(direct,))

        assert without_rule(user, "ar-1", {}).all_grants == (direct,)


class TestWriting:
    @pytest.mark.parametrize(
        "rule",
        [
            a_rule(role=Role.ADMIN, teams=(ALL_TEAMS,)),
            a_rule(role=Role.AUDITOR, teams=(ALL_TEAMS,)),
            a_rule(teams=("t-web",)),
            a_rule(teams=("t-pay", "t-web")),
            a_rule(teams=(ALL_TEAMS,)),
            a_rule(role=Role.TEAM_ADMIN),
        ],
    )
    def test_nobody_gives_more_than_they_have(self, rule: AccessRule) -> None:
        lead = Principal("key-1", Role.TEAM_ADMIN, ("t-pay",))

        with pytest.raises(Forbidden, match="its writer does not have"):
            require_may_write(lead, rule)

    def test_a_writer_s_own_role_and_teams_may_be_given(self) -> None:
        require_may_write(Principal("key-1", Role.TEAM_ADMIN, ("t-pay",)), a_rule())
        require_may_write(Principal("key-1", Role.ADMIN, (ALL_TEAMS,)), a_rule(teams=("t-web",)))

    @pytest.mark.parametrize(
        "limits", [{"actions": (Permission.IDENTITY_WRITE,)}, {"names": ("DNS:a.example.com",)}]
    )
    def test_a_key_with_less_than_its_role_gives_nothing(self, limits: dict[str, Any]) -> None:
        """The rule would give its reader all that the key lacks."""
        narrow = Principal("key-1", Role.ADMIN, (ALL_TEAMS,), **limits)

        with pytest.raises(Forbidden, match="limited to actions"):
            require_may_write(narrow, a_rule())


class TestProblems:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"values": ("pki", "pki")}, "values"),
            ({"values": ("pki*",)}, "values.0"),
            ({"values": ("pki\n",)}, "values.0"),
            ({"role": Role.AGENT}, "role"),
            ({"teams": ("t-1", "t-1")}, "teams"),
            ({"role": Role.ADMIN}, "teams"),
            ({"role": Role.AUDITOR}, "teams"),
        ],
    )
    def test_a_rule_that_misleads_is_refused(self, changes: dict[str, Any], field: str) -> None:
        assert [problem.field for problem in access_rule_problems(a_rule(**changes))] == [field]

    def test_a_sound_rule_has_none(self) -> None:
        admin = a_rule(role=Role.ADMIN, teams=(ALL_TEAMS,))

        assert [*access_rule_problems(a_rule()), *access_rule_problems(admin)] == []

    def test_the_most_rules_are_compared_with_the_most_groups(self) -> None:
        """200 rules of 50 values against the claims of a token of 16 KiB: no product of their sizes."""
        rules = {f"ar-{n}": a_rule("groups", *(f"g{n}-{v}" for v in range(50))) for n in range(200)}

        assert not evaluate(rules, {"groups": [f"x{n}" for n in range(2_000)]}).admitted
