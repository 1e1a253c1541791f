import hashlib

import pytest

from certctl.api.edge import Edge
from certctl.api.request import BODY_LIMIT, call_of, parse_json
from certctl.domain.errors import BodyTooLarge, InvalidInput, MalformedRequest
from tests.support.api.http import event

DIRECT = Edge((), is_only_way=False)


def test_the_hash_is_of_the_raw_bytes_whether_or_not_they_came_in_base64() -> None:
    body = '{"name": "ü"}'
    hashes = {call_of(event("POST", "/x", body=form), DIRECT).body_sha256 for form in (body, body.encode())}
    assert hashes == {hashlib.sha256(body.encode()).hexdigest()}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON;CHARSET=UTF-8",
        "application/x-www-form-urlencoded",
        "text/plain; charset=iso-8859-1",
        "",
    ],
)
def test_a_body_is_json_whatever_its_content_type_says(content_type: str) -> None:
    sent = event("POST", "/x", body='{"reason":"keyCompromise"}', headers={"Content-Type": content_type})
    read = call_of(sent, DIRECT).as_json_event(sent)
    assert (read["headers"]["content-type"], read["body"]) == (
        "application/json",
        '{"reason":"keyCompromise"}',
    )


def test_a_body_of_the_limit_passes_and_one_byte_more_does_not() -> None:
    call_of(event("POST", "/x", body=b"a" * BODY_LIMIT), DIRECT).check_body()
    with pytest.raises(BodyTooLarge):
        call_of(event("POST", "/x", body=b"a" * (BODY_LIMIT + 1)), DIRECT).check_body()


def test_bytes_that_are_no_utf8_are_malformed() -> None:
    with pytest.raises(MalformedRequest):
        call_of(event("POST", "/x", body=b"\xff\xfe{}"), DIRECT).check_body()


@pytest.mark.parametrize("text", ["{", "NaN", '{"a": Infinity}', "[" * 100_000, "{'a': 1}", "01"])
def test_what_is_no_json_is_malformed(text: str) -> None:
    with pytest.raises(MalformedRequest):
        parse_json(text)


@pytest.mark.parametrize("text", ["[]", "[{}]", '[{"reason": "superseded"}]'])
def test_an_array_is_no_body(text: str) -> None:
    """Powertools alone would take its only element."""
    with pytest.raises(InvalidInput, match=r"body|form|object"):
        parse_json(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "\\ud800"}',
        '{"config": {"contacts": ["mailto:\\udfff@example.com"]}}',
        '{"tags": {"\\uD83D": "x"}}',
        '{"name": "\\ude00\\ud83d"}',
    ],
)
def test_half_of_a_surrogate_pair_is_refused_in_any_text_and_name(text: str) -> None:
    with pytest.raises(InvalidInput, match="half of a character"):
        parse_json(text)


def test_whole_pairs_and_other_escapes_are_texts() -> None:
    assert parse_json('{"name": "\\ud83d\\ude00 \\u00e9"}') == {"name": "\U0001f600 \u00e9"}
