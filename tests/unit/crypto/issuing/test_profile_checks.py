"""What profiles refuse: keys by algorithm and size, names by patterns; every reason at once."""

from dataclasses import replace
from typing import Any

import pytest

from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.issuing.profile_checks import check_profile, profile_problems
from certctl.crypto.names import names_of
from certctl.domain.errors import InvalidInput
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.profiles import BUILT_IN_PROFILES, KeyRule, Profile
from certctl.domain.policies.subjects import SubjectRule
from certctl.domain.policies.usages import KeyAlgorithm
from tests.support.issuing.csr import csr_pem, new_key

NAMES = names_of("www.example.com", ["IP:10.0.0.1", "a.b.example.com"])
STRONG = (KeyRule(KeyAlgorithm.RSA, (3072, 4096)), KeyRule(KeyAlgorithm.ECDSA, (384,)))


def _profile(**fields: object) -> Profile:
    # each test gives the right type
    return Profile(("serverAuth",), **fields)  # type: ignore[arg-type]


def _csr(kind: str = "ECDSA-P256") -> str:
    return csr_pem("www.example.com", [], new_key(kind))


@pytest.mark.parametrize("kind", ["RSA-3072", "ECDSA-P384"])
def test_a_key_of_a_rule_is_taken(kind: str) -> None:
    check_profile(_profile(keys=STRONG), NAMES, {}, parse_csr(_csr(kind)))


@pytest.mark.parametrize("kind", ["RSA-2048", "ECDSA-P256", "Ed25519"])
def test_another_key_is_refused_naming_it_and_what_is_allowed(kind: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_profile(_profile(keys=STRONG), NAMES, {}, parse_csr(_csr(kind)))
    (problem,) = refused.value.problems
    allowed = "the profile allows RSA of 3072 or 4096 bits, ECDSA of 384 bits"
    assert (problem.field, problem.message) == ("csr_pem", f"the key is {kind}: {allowed}")


@pytest.mark.parametrize("kind", ["RSA-2048", "ECDSA-P256", "ECDSA-P384", "Ed25519"])
def test_an_algorithm_without_sizes_is_any_of_its_keys_and_no_rule_is_any_key(kind: str) -> None:
    algorithm = KeyAlgorithm(kind.partition("-")[0])
    check_profile(_profile(keys=(KeyRule(algorithm),)), NAMES, {}, parse_csr(_csr(kind)))
    check_profile(BUILT_IN_PROFILES["server"], NAMES, {}, parse_csr(_csr(kind)))


def test_every_name_outside_the_patterns_is_told_with_the_key() -> None:
    profile = _profile(keys=STRONG, san_patterns=("*.example.com",))
    with pytest.raises(InvalidInput) as refused:
        check_profile(profile, NAMES, {}, parse_csr(_csr()))
    told = [(problem.field, problem.message.partition(" ")[0]) for problem in refused.value.problems]
    assert told == [("sans", "IP:10.0.0.1"), ("sans", "DNS:a.b.example.com"), ("csr_pem", "the")]


def test_names_within_the_patterns_are_taken_with_and_without_a_request() -> None:
    profile = _profile(san_patterns=("**.example.com", "IP:10.0.0.0/8"))
    assert profile_problems(profile, NAMES, {}, None) == []
    check_profile(profile, NAMES, {}, parse_csr(_csr()))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"extended_key_usages": ("OCSPSigning",)}, "extended_key_usages.0: OCSPSigning is refused"),
        (
            {"extended_key_usages": ("1.3.6.1.5.5.7.3.9",)},
            "extended_key_usages.0: 1.3.6.1.5.5.7.3.9 is refused",
        ),
        ({"extended_key_usages": ()}, "extended_key_usages: needs at least one"),
        ({"subject": {"O": SubjectRule(fixed="system:masters")}}, "subject.O.fixed: O begins with system:"),
        ({"policies": (CertificatePolicy("2.5.29.32.0"),)}, "policies.0.oid: anyPolicy is for CAs"),
    ],
)
def test_a_profile_that_could_not_be_saved_is_refused_though_it_is_stored(
    fields: dict[str, Any], reason: str
) -> None:
    """A row may come from a restored table."""
    profile = replace(BUILT_IN_PROFILES["server"], **fields)
    (problem,) = profile_problems(profile, NAMES, {}, parse_csr(_csr()))
    assert problem.field == "profile_id"
    assert problem.message.startswith(reason)
