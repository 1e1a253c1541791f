"""Checks keys and names against a profile: when a certificate is requested, and before signing."""

from collections.abc import Sequence

from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.issuing.subject_checks import subject_problems
from certctl.crypto.keys import LeafPublicKey, algorithm_and_size, key_type
from certctl.crypto.names import San
from certctl.domain.errors import FieldProblem, InvalidInput
from certctl.domain.policies.contents import content_problems
from certctl.domain.policies.name_patterns import parse_pattern
from certctl.domain.policies.profiles import KeyRule, Profile
from certctl.domain.policies.subjects import SubjectValues
from certctl.domain.policies.usages import KeyAlgorithm


def check_profile(profile: Profile, names: Sequence[San], subject: SubjectValues, csr: CheckedCsr) -> None:
    """Raises InvalidInput with all violations."""
    problems = profile_problems(profile, names, subject, csr)
    if problems:
        raise InvalidInput("The profile does not allow this certificate.", problems)


def profile_problems(
    profile: Profile, names: Sequence[San], subject: SubjectValues, csr: CheckedCsr | None
) -> list[FieldProblem]:
    """One problem for each refused name and value of the record's subject, for the key, and for what no
    profile may have; none if all are allowed."""
    problems = [FieldProblem("profile_id", f"{name}: {why}") for name, why in content_problems(profile)]
    problems += [FieldProblem("sans", reason) for reason in _name_reasons(profile, names)]
    problems += subject_problems(profile, subject, csr)
    if csr is not None:
        problems += [FieldProblem("csr_pem", reason) for reason in _key_reasons(profile, csr.public_key)]
    return problems


def _key_reasons(profile: Profile, key: LeafPublicKey) -> list[str]:
    algorithm, size = algorithm_and_size(key)
    if not profile.keys or any(_allows(rule, algorithm, size) for rule in profile.keys):
        return []
    allowed = ", ".join(map(_shown, profile.keys))
    return [f"the key is {key_type(key)}: the profile allows {allowed}"]


def _name_reasons(profile: Profile, names: Sequence[San]) -> list[str]:
    if not profile.san_patterns:
        return []
    patterns = [parse_pattern(text) for text in profile.san_patterns]
    outside = [name for name in map(str, names) if not any(p.matches(name) for p in patterns)]
    allowed = ", ".join(map(str, patterns))
    return [f"{name} is none of the names that the profile allows: {allowed}" for name in outside]


def _allows(rule: KeyRule, algorithm: KeyAlgorithm, size: int) -> bool:
    return rule.algorithm is algorithm and (not rule.sizes or size in rule.sizes)


def _shown(rule: KeyRule) -> str:
    sizes = " or ".join(map(str, rule.sizes))
    return f"{rule.algorithm} of {sizes} bits" if sizes else rule.algorithm.value
