"""One text for each serial, whatever people paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.issuing.issuing import new_serial, parse_serial, serial_text
from certctl.domain.errors import InvalidInput

_SERIALS = st.integers(1, 2**159 - 1)


@given(_SERIALS)
def test_every_way_of_writing_a_serial_reads_back_as_its_text(serial: int) -> None:
    text = serial_text(serial)
    octets = [text[i : i + 2] for i in range(0, len(text), 2)]
    written = [text, text.upper(), ":".join(octets), ":".join(octets).upper(), f"0x{text}", f"0X{serial:X}"]
    assert {parse_serial(way) for way in [*written, f"{serial:x}", f"0000{text}"]} == {text}
    assert int(text, 16) == serial


@given(_SERIALS)
def test_the_text_is_whole_octets_in_lower_case(serial: int) -> None:
    text = serial_text(serial)
    assert len(text) % 2 == 0
    assert len(text) == 2 * ((serial.bit_length() + 7) // 8)
    assert text == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "00",
        "0x",
        "xyz",
        "1:2",
        ":",
        "ab:",
        "-1",
        " 1",
        "1 ",
        "0b1z",
        "1_0",
        "ff" * 21,
        "\uff11",
        "ab\n",
    ],
)
def test_other_texts_are_refused_on_the_serial_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_serial(text)
    assert [problem.field for problem in refused.value.problems] == ["serial"]


def test_new_serials_are_positive_differ_and_fit_20_octets() -> None:
    serials = {new_serial() for _ in range(1000)}
    assert len(serials) == 1000
    assert all(0 < serial < 2**159 for serial in serials)
