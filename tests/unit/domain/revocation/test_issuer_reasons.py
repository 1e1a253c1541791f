"""Which reason an external issuer is asked with after it refused one."""

import pytest

from certctl.domain.revocation.issuer_reasons import (
    NEXT_REASONS,
    NO_REASON,
    is_to_be_reported,
    reason_code,
    refused_before,
)
from certctl.domain.revocation.reasons import COMPROMISES, HOLD, KEY_COMPROMISE, REASON_CODES, UNSPECIFIED


def chain_of(reason: str) -> list[str]:
    chain = [reason]
    while chain[-1] in NEXT_REASONS:
        chain.append(NEXT_REASONS[chain[-1]])
    return chain


@pytest.mark.parametrize("reason", REASON_CODES.keys() - {HOLD})
def test_every_reason_leads_to_a_request_without_one(reason: str) -> None:
    chain = chain_of(reason)

    assert chain[-1] == NO_REASON
    assert len(chain) == len(set(chain)) <= 4


@pytest.mark.parametrize("reason", COMPROMISES)
def test_a_compromise_is_never_called_an_orderly_end(reason: str) -> None:
    assert set(chain_of(reason)) <= COMPROMISES | {UNSPECIFIED, NO_REASON}


@pytest.mark.parametrize("reason", REASON_CODES.keys() - COMPROMISES - {HOLD})
def test_what_is_no_compromise_is_never_called_one(reason: str) -> None:
    assert not COMPROMISES & set(chain_of(reason))


def test_a_hold_is_never_sent() -> None:
    assert HOLD not in {*NEXT_REASONS, *NEXT_REASONS.values()}


def test_a_request_without_a_reason_has_no_code() -> None:
    assert reason_code(NO_REASON) is None
    assert reason_code(UNSPECIFIED) == 0


def test_what_was_refused_follows_from_what_was_sent() -> None:
    assert refused_before("caCompromise", UNSPECIFIED) == ["caCompromise", KEY_COMPROMISE]
    assert refused_before("superseded", "superseded") == []


def test_another_reason_is_reported_and_an_unknown_one_of_a_compromise() -> None:
    assert is_to_be_reported("superseded", UNSPECIFIED)
    assert is_to_be_reported(KEY_COMPROMISE, None)
    assert not is_to_be_reported("superseded", None)
    assert not is_to_be_reported(KEY_COMPROMISE, KEY_COMPROMISE)
