"""RFC 8785: one text for one value."""

import hashlib

import pytest
import rfc8785

from certctl.crypto.audit.canonical import canonical_json, sha256_hex


def test_the_example_of_the_rfc_comes_out_byte_for_byte() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\x0f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(value) == expected.encode()


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical_json({"b": 1, "a": {"d": 2, "c": 3}}) == canonical_json({"a": {"c": 3, "d": 2}, "b": 1})


def test_what_json_cannot_hold_is_refused() -> None:
    for value in (float("nan"), 2**53 + 1):
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical_json(value)


def test_digests_are_lower_case_hex() -> None:
    assert sha256_hex(b"x") == hashlib.sha256(b"x").hexdigest()
