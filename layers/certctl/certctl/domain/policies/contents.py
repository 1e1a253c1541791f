"""What no profile may put into leaves: refused when it is saved, and again before each signature, since a row
may come from a restored table."""

from collections.abc import Iterator

from certctl.domain.policies.certificate_policies import certificate_policy_problems
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import rule_problems
from certctl.domain.policies.usages import usage_problems


def content_problems(profile: Profile) -> Iterator[tuple[str, str]]:
    """(field, reason)."""
    yield from usage_problems(profile.extended_key_usages)
    yield from rule_problems(profile.subject)
    yield from certificate_policy_problems(profile.policies)
