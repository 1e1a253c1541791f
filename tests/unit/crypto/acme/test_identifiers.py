"""Identifiers of newOrder, whatever a client sends."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.acme.identifiers import parse_identifiers
from certctl.crypto.names import parse_san
from certctl.domain.acme.identifiers import Identifier
from certctl.domain.acme.problems import AcmeProblem

LABELS = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def parsed(*values: Any) -> tuple[Identifier, ...] | None:
    try:
        return parse_identifiers(values)
    except AcmeProblem:
        return None


@given(NAMES | st.ip_addresses().map(str) | st.text())
def test_what_is_accepted_is_a_name_of_a_record_in_its_normal_form(value: str) -> None:
    for kind in ("dns", "ip"):
        found = parsed({"type": kind, "value": value})
        if found is not None:
            [identifier] = found
            assert str(parse_san(identifier.san)) == identifier.san
            assert parsed({"type": kind, "value": identifier.value}) == found


@given(st.lists(ANY_JSON, max_size=4))
def test_any_json_is_refused_in_the_words_of_acme_or_accepted(values: list[Any]) -> None:
    parsed(*values)


@given(st.ip_addresses())
def test_addresses_are_compressed(address: Any) -> None:
    [identifier] = parse_identifiers([{"type": "ip", "value": address.exploded}])
    assert identifier.value == address.compressed
