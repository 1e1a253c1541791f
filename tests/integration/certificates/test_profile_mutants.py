"""Each rule of profiles and of what leaves say, broken on purpose: a test that exists must notice."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.errors import HypothesisException

from certctl.domain.errors import DomainError
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.integration.certificates import test_profiled_certificates
from tests.support.functions.control_plane import ControlPlane
from tests.support.mutants import Mutant, alive, always, instead, lacking, never
from tests.unit.crypto.issuing import test_profile_checks, test_profiled_leaves, test_subjects_of_requests
from tests.unit.domain.policies import test_certificate_policies, test_subject_rules, test_usages

pytestmark = pytest.mark.slow  # together they take more than ten seconds

Noticed = Callable[[ControlPlane], None]
_NOTICED = (AssertionError, pytest.fail.Exception, DomainError, ValueError, HypothesisException)
_USAGES = "domain.policies.usages"
_SUBJECTS = "domain.policies.subjects"
_RECORDS = test_profiled_certificates
_POWERS = test_usages.test_what_gives_power_over_others_is_refused_by_name_and_oid


def _without_a_record(test: Callable[..., None], *arguments: Any) -> Noticed:
    return lambda _: test(*arguments)


def _with_people(test: Callable[[ControlPlane], None]) -> Noticed:
    def noticed(plane: ControlPlane) -> None:
        _RECORDS.add_people(plane)
        test(plane)

    return noticed


_MUTANTS: list[tuple[Mutant, Noticed]] = [
    (
        Mutant("no usage is refused", f"{_USAGES}:_reasons_against", never("refused")),
        _without_a_record(_POWERS, "2.5.29.37.0"),
    ),
    (
        Mutant(
            "names of usages have one case", f"{_USAGES}:_refused_as", instead("usage.casefold()", "usage")
        ),
        _without_a_record(_POWERS, "smartcardLogon"),
    ),
    (
        Mutant("an arc is its top alone", f"{_USAGES}:_refused_as", lacking("next", "inside")),
        _without_a_record(_POWERS, "1.3.6.1.4.1.311.10.3.4"),
    ),
    (
        Mutant("a named usage has two spellings", f"{_USAGES}:_reasons_against", never("usage", "_NAMES")),
        _without_a_record(
            test_usages.test_a_usage_that_has_a_name_is_given_by_its_name,
            ExtendedKeyUsage.SERVER_AUTH,
        ),
    ),
    (
        Mutant("time stamping has company", f"{_USAGES}:usage_problems", never("TIME_STAMPING")),
        _without_a_record(test_usages.test_time_stamping_stands_alone_and_critical),
    ),
    (
        Mutant("time stamping is not critical", f"{_USAGES}:is_critical", never("TIME_STAMPING")),
        _without_a_record(test_usages.test_time_stamping_stands_alone_and_critical),
    ),
    (
        Mutant("OIDs have leading zeros", f"{_USAGES}:is_oid", never("_OID")),
        _without_a_record(test_usages.test_what_is_neither_a_name_nor_an_oid_is_refused, "1.3.06.1"),
    ),
    (
        Mutant("arcs have any size", f"{_USAGES}:is_oid", always("_HIGHEST_ARC")),
        _without_a_record(test_usages.test_what_is_neither_a_name_nor_an_oid_is_refused, "1.3.6.2147483648"),
    ),
    (
        Mutant("groups of Kubernetes are texts", f"{_SUBJECTS}:value_problems", never("is_reserved")),
        _with_people(_RECORDS.test_every_value_that_is_not_allowed_is_named_at_once),
    ),
    (
        Mutant(
            "a group has one spelling",
            f"{_SUBJECTS}:is_reserved",
            instead(
                'unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())',
                "value.casefold()",
            ),
        ),
        _without_a_record(
            test_subject_rules.test_groups_of_kubernetes_are_refused_in_any_case_and_spelling,
            "O",
            "\uff53\uff59\uff53\uff54\uff45\uff4d\uff1amasters",
        ),
    ),
    (
        Mutant("bidi marks are text", f"{_SUBJECTS}:_text_problems", never("_is_invisible")),
        _without_a_record(test_subject_rules.test_no_value_has_a_character_that_nobody_sees, "O", "\u202e"),
    ),
    (
        Mutant("values have any length", f"{_SUBJECTS}:value_problems", never("len", "most")),
        _without_a_record(test_subject_rules.test_values_have_the_upper_bounds_of_rfc_5280, "O"),
    ),
    (
        Mutant(
            "parts of a pattern overlap", f"{_SUBJECTS}:_has_in_order", instead("found + len(part)", "found")
        ),
        _without_a_record(test_subject_rules.test_a_pattern_means_what_the_expression_of_it_means),
    ),
    (
        Mutant("a pattern matches anything", f"{_SUBJECTS}:_against", never("is_allowed")),
        _with_people(_RECORDS.test_every_value_that_is_not_allowed_is_named_at_once),
    ),
    (
        Mutant(
            "what has no rule is in the leaf",
            f"{_SUBJECTS}:subject_of",
            instead("each in values and each in rules", "each in values"),
        ),
        _without_a_record(
            test_subject_rules.test_a_leaf_has_what_is_fixed_and_what_is_given_in_the_order_of_a_subject
        ),
    ),
    (
        Mutant(
            "a record overrules what is fixed",
            f"{_SUBJECTS}:subject_of",
            instead("{**given, **fixed}", "{**fixed, **given}"),
        ),
        _without_a_record(
            test_subject_rules.test_a_leaf_has_what_is_fixed_and_what_is_given_in_the_order_of_a_subject
        ),
    ),
    (
        Mutant("a CSR may differ", "crypto.issuing.subject_checks:_differences", never("value", "leaf")),
        _with_people(_RECORDS.test_a_request_that_says_more_or_something_else_is_refused_with_each_reason),
    ),
    (
        Mutant(
            "a CSR's subject is not read",
            "crypto.issuing.csr:_other_attributes",
            instead("attribute.oid != NameOID.COMMON_NAME", "False"),
        ),
        _without_a_record(
            test_subjects_of_requests.test_a_request_that_says_another_organisation_is_refused, "UTF8String"
        ),
    ),
    (
        Mutant(
            "a leaf lacks what is fixed",
            "crypto.issuing.leaves:signed_leaf",
            instead("subject_of(checked.profile.subject, certificate.subject)", "certificate.subject"),
        ),
        _with_people(_RECORDS.test_a_leaf_says_what_the_profile_fixes_and_the_record_gives),
    ),
    (
        Mutant(
            "every team has every profile",
            "domain.policies.profiles:Profile.may_be_used_by",
            instead("self.teams is None or team_id in self.teams", "True"),
        ),
        _with_people(
            _RECORDS.test_the_profile_of_another_team_is_refused_at_the_request_and_when_the_team_changes
        ),
    ),
    (
        Mutant(
            "what is stored is trusted",
            "crypto.issuing.profile_checks:profile_problems",
            instead("content_problems(profile)", "()"),
        ),
        _without_a_record(
            test_profile_checks.test_a_profile_that_could_not_be_saved_is_refused_though_it_is_stored,
            {"extended_key_usages": ("OCSPSigning",)},
            "extended_key_usages.0: OCSPSigning is refused",
        ),
    ),
    (
        Mutant("policies need no CA", "crypto.issuing.chains:IssuingChain._without", always("ANY_POLICY")),
        _without_a_record(
            test_profiled_leaves.test_below_a_ca_without_policies_none_is_asserted_and_rotate_is_named
        ),
    ),
    (
        Mutant(
            "approvals of earlier releases are void",
            "domain.jobs.approvals:ApprovalBasis.changed",
            instead("_LATER.get(name)", "None"),
        ),
        _with_people(_RECORDS.test_an_approval_that_a_release_without_subjects_asked_for_is_still_given),
    ),
    (
        Mutant(
            "CPS URIs are any text", "domain.policies.certificate_policies:_is_cps_uri", always("_CPS_URI")
        ),
        _without_a_record(
            test_certificate_policies.test_a_practice_statement_is_read_by_http, "javascript:alert(1)"
        ),
    ),
]


@pytest.mark.parametrize(("mutant", "noticed"), _MUTANTS, ids=[mutant.name for mutant, _ in _MUTANTS])
def test_a_mutant_is_noticed(plane: ControlPlane, mutant: Mutant, noticed: Noticed) -> None:
    with alive(mutant), pytest.raises(_NOTICED):
        noticed(plane)
