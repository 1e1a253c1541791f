"""Strict JSON: what two parsers could read in two ways is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.json_objects import strict_object

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _VALUES), st.booleans())
def test_every_object_is_read_as_python_reads_it(value: dict[str, Any], is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii)
    assert strict_object(text) == strict_object(text.encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        '"a"',
        "{} {}",
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        '{"b":[{"a":1,"a":2}]}',
        '{"a":NaN}',
        '{"a":-Infinity}',
        '{"a":1e999}',
        '{"a":-1e999}',
        '{"a":"\\ud800"}',
        '{"\\udfff":1}',
        '{"a":"\ud800"}',
        '{"a":01}',
        "{'a':1}",
        '{"a":1,}',
        '{"a":"\n"}',
        '{"a":' + "9" * 5000 + "}",
        '{"a":' + "[" * 100_000,
    ],
)
def test_what_is_no_strict_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each reason has its own words
        strict_object(text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"])
def test_json_is_utf_8(encoding: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each reason has its own words
        strict_object('{"a":"ü"}'.encode(encoding))
