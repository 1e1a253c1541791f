"""What a draft of a policy foresees for one certificate."""

from datetime import UTC, datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.previews import ForeseenViolation, foreseen
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.domain.policies.rules import PolicyFacts
from certctl.domain.renewal.policies import RenewalPolicy
from tests.support.catalog.entries import a_policy

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def found(domains: list[str], *sans: str) -> ForeseenViolation | None:
    certificate = Certificate(
        id="mc-1",
        name="web",
        common_name="www.example.com",
        sans=sans,
        owner_id="o-default",
        team_id="t-web",
        issuer_id="iss-local",
        renewal_policy_id="rp-default",
        created_at=NOW,
        updated_at=NOW,
    )
    facts = PolicyFacts(certificate, BUILT_IN_PROFILES["server"], RenewalPolicy())
    return foreseen(a_policy("draft", PolicyType.ALLOWED_DOMAINS, NOW, domains=domains), facts)


def test_a_certificate_that_keeps_the_rule_is_not_foreseen() -> None:
    assert found(["*.example.com"], "DNS:www.example.com") is None


def test_a_certificate_that_breaks_it_is_named_with_the_reason() -> None:
    told = "DNS:www.example.com is in none of the allowed domains: *.example.org"
    foretold = found(["*.example.org"], "DNS:www.example.com")
    assert foretold == ForeseenViolation("mc-1", "www.example.com", "t-web", (told,), 1)


def test_of_many_reasons_the_first_five_are_told_and_all_counted() -> None:
    foretold = found(["*.example.org"], *(f"DNS:{number}.example.com" for number in range(40)))
    assert foretold is not None
    assert (len(foretold.reasons), foretold.reason_count) == (5, 40)


def test_a_long_reason_is_shortened() -> None:
    foretold = found([f"{number:060}.example.org" for number in range(100)], "DNS:www.example.com")
    assert foretold is not None
    assert len(foretold.reasons[0]) == 300
    assert foretold.reasons[0].endswith("...")
