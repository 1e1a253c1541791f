"""Policies, profiles and renewal policies."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.policies import Policy, with_current_names
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import KeyRule, Profile
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.policies.subjects import SubjectRule
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.store.catalog.content_kinds.content import Content
from certctl.store.catalog.renewal_policies import RENEWAL_POLICY_DECODERS
from certctl.store.catalog.rows import each


def _seconds(value: Any) -> timedelta:
    return timedelta(seconds=value)


def _key_rule(stored: Mapping[str, Any]) -> KeyRule:
    sizes: Iterable[int] = stored.get("sizes", ())
    return KeyRule(KeyAlgorithm(stored["algorithm"]), tuple(sizes))


def _subject_rules(stored: Mapping[str, Mapping[str, str | None]]) -> Mapping[str, SubjectRule]:
    return {name: SubjectRule(rule.get("fixed"), rule.get("allowed")) for name, rule in stored.items()}


def _certificate_policy(stored: Mapping[str, Any]) -> CertificatePolicy:
    return CertificatePolicy(stored["oid"], stored.get("cps_uri"))


CONTENTS: Mapping[Kind, Content] = {
    Kind.POLICY: Content(
        Policy, {"type": PolicyType, "severity": PolicySeverity, "config": with_current_names}
    ),
    Kind.PROFILE: Content(
        Profile,
        {
            "extended_key_usages": tuple,
            "max_ttl": _seconds,
            "keys": each(_key_rule),
            "san_patterns": tuple,
            "teams": tuple,
            "subject": _subject_rules,
            "policies": each(_certificate_policy),
        },
    ),
    Kind.RENEWAL_POLICY: Content(RenewalPolicy, RENEWAL_POLICY_DECODERS),
}
