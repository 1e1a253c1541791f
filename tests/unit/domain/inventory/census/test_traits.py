from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.inventory.census.traits import (
    LIMITS,
    CertificateTrait,
    Renewer,
    key_name,
    milli_renewals,
    renewer_of,
    traits_of,
)
from certctl.domain.inventory.statuses import ObservedState, Trust
from tests.support.inventory.census import DAY, ca, leaf
from tests.support.inventory.made import NOW

T = CertificateTrait
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changes", "trait"),
    [
        ({"not_after": NOW + 7 * DAY}, T.EXPIRES_IN_7_DAYS),
        ({"not_after": NOW + 8 * DAY}, T.EXPIRES_IN_30_DAYS),
        ({"not_after": NOW + 31 * DAY}, T.EXPIRES_IN_90_DAYS),
        ({"signature_algorithm": "sha1WithRSAEncryption"}, T.SHA1),
        ({"signature_algorithm": "ecdsa-with-SHA1"}, T.SHA1),
        ({"signature_algorithm": "md5WithRSAEncryption"}, T.SHA1),
        ({"key_algorithm": "RSA", "key_bits": 1024}, T.WEAK_RSA),
        ({"is_self_signed": True}, T.SELF_SIGNED),
        ({"has_wildcard": True}, T.WILDCARD),
        ({"not_after": datetime(2031, 1, 1, tzinfo=UTC)}, T.PAST_2030),
        ({"not_after": datetime(2036, 1, 1, tzinfo=UTC)}, T.PAST_2035),
        ({"key_algorithm": "2.16.840.1.101.3.4.3.18", "key_bits": None}, T.POST_QUANTUM),
        ({"trust": Trust.PUBLIC}, T.OVER_47_DAYS),
    ],
)
def test_a_certificate_has_the_trait(changes: dict[str, Any], trait: T) -> None:
    assert trait in traits_of(leaf(**changes), NOW)


@pytest.mark.parametrize(
    ("changes", "trait"),
    [
        ({"not_after": NOW + 7 * DAY + SECOND}, T.EXPIRES_IN_7_DAYS),
        ({"signature_algorithm": "sha256WithRSAEncryption"}, T.SHA1),
        ({"key_algorithm": "RSA", "key_bits": 2048}, T.WEAK_RSA),
        ({"key_algorithm": "ECDSA P-256", "key_bits": 256}, T.WEAK_RSA),
        ({"not_after": datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC)}, T.PAST_2030),
        (
            {
                "not_after": datetime(2036, 1, 1, tzinfo=UTC),
                "key_algorithm": "2.16.840.1.101.3.4.3.18",
                "key_bits": None,
            },
            T.PAST_2035,
        ),
    ],
)
def test_a_certificate_has_not_the_trait(changes: dict[str, Any], trait: T) -> None:
    assert trait not in traits_of(leaf(**changes), NOW)


@pytest.mark.parametrize("days", LIMITS)
def test_a_lifetime_is_over_a_limit_with_its_last_second(days: int) -> None:
    trait, begins = T(f"over_{days}_days"), NOW - DAY
    ends = begins + days * DAY
    kept = leaf(not_before=begins, not_after=ends - SECOND, trust=Trust.PUBLIC)
    over = leaf(not_before=begins, not_after=ends, trust=Trust.PUBLIC)
    assert (trait in traits_of(kept, NOW), trait in traits_of(over, NOW)) == (False, True)


@pytest.mark.parametrize("trust", [Trust.OURS, Trust.UNKNOWN])
def test_limits_of_public_cas_hold_for_no_other(trust: Trust) -> None:
    found = traits_of(leaf(not_after=NOW + 900 * DAY, trust=trust), NOW)
    assert not [trait for trait in found if trait.value.startswith("over_")]


def test_an_expired_certificate_is_nothing_else() -> None:
    expired = leaf(not_after=NOW - SECOND, signature_algorithm="sha1WithRSAEncryption", has_wildcard=True)
    assert traits_of(expired, NOW) == {T.EXPIRED}


@pytest.mark.parametrize(
    "unused",
    [
        leaf(gone_at=NOW, has_wildcard=True),
        leaf(superseded_by="ff", has_wildcard=True),
        leaf(state=ObservedState.DISMISSED, has_wildcard=True),
        leaf(state=ObservedState.MANAGED, superseded_by="ff", has_wildcard=True),
        ca(has_wildcard=True),
    ],
    ids=["gone", "superseded", "dismissed", "managed and superseded", "a CA"],
)
def test_what_is_not_in_use_has_no_trait(unused: Any) -> None:
    assert traits_of(unused, NOW) == frozenset()


def test_who_renews_a_certificate() -> None:
    known = [leaf(state=ObservedState.MANAGED, renewed_by="certbot"), leaf(renewed_by="certbot"), leaf()]
    assert [renewer_of(each) for each in known] == [Renewer.MANAGED, Renewer.PROGRAM, Renewer.NOBODY]


@pytest.mark.parametrize(
    ("days", "limit", "a_year"), [(90, None, 6.08), (90, 47, 11.64), (398, 200, 2.73), (30, 47, 18.25)]
)
def test_a_certificate_is_renewed_after_two_thirds_of_its_lifetime(
    days: int, limit: int | None, a_year: float
) -> None:
    known = leaf(not_before=NOW, not_after=NOW + days * DAY)
    assert milli_renewals(known, limit) / 1000 == pytest.approx(a_year, abs=0.01)


def test_a_certificate_of_a_moment_divides_by_no_zero() -> None:
    assert milli_renewals(leaf(not_before=NOW, not_after=NOW), None) > 0


@pytest.mark.parametrize(
    ("algorithm", "bits", "name"),
    [
        ("RSA", 2048, "RSA 2048"),
        ("ECDSA P-256", 256, "ECDSA P-256"),
        ("2.16.840.1.101.3.4.3.18", None, "ML-DSA"),
        ("1.2.3", None, "1.2.3"),
    ],
)
def test_names_of_keys(algorithm: str, bits: int | None, name: str) -> None:
    assert key_name(leaf(key_algorithm=algorithm, key_bits=bits).facts) == name
