"""Which characters hide, in all planes of Unicode."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.api.texts import PLAIN
from certctl.domain.notifications.hidden_characters import hidden_character, with_hidden_replaced

_FORMATS = ("Cc", "Cf", "Zl", "Zp")
# They join letters, enclose digits or arrange signs.
_WITH_A_GLYPH = (
    *("ZERO WIDTH JOINER", "ZERO WIDTH NON-JOINER", "ARABIC NUMBER", "ARABIC SIGN", "ARABIC FOOTNOTE"),
    *("ARABIC END OF", "ARABIC DISPUTED", "ARABIC POUND", "ARABIC PIASTRE", "SYRIAC", "KAITHI", "EGYPTIAN"),
)
_TAGGED = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore the rest")


@pytest.mark.parametrize(
    "text", [_TAGGED, "\u202e", "\u3164", "\ufe00", "\U000e0101", "\U0001d173", "\u034f"]
)
def test_hidden_text_is_named_and_becomes_one_visible_character(text: str) -> None:
    assert hidden_character(f"shop{text}") == f"U+{ord(text[0]):04X}"
    assert with_hidden_replaced(f"shop{text}.example") == "shop\ufffd.example"


@pytest.mark.parametrize("text", ["می‌خواهم", "👩‍💻", "❤️", "größe", "東京", "a b"])
def test_scripts_and_emoji_stay(text: str) -> None:
    assert hidden_character(text) is None
    assert with_hidden_replaced(text) == text


def test_lines_of_a_text_stay_and_are_none_of_a_name() -> None:
    assert with_hidden_replaced("a\nb\tc") == "a\nb\tc"
    assert hidden_character("a\nb") == "U+000A"


def test_of_unicodes_format_characters_only_joiners_and_signs_with_a_glyph_are_left() -> None:
    formats = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in _FORMATS]
    left = {unicodedata.name(each) for each in formats if hidden_character(each) is None}

    assert len(formats) > 200
    assert {name for name in left if not name.startswith(_WITH_A_GLYPH)} == set()


@given(st.characters(codec="utf-8", max_codepoint=0xFFFF))
def test_the_published_pattern_and_the_check_agree_on_the_first_plane(character: str) -> None:
    assert (re.fullmatch(PLAIN, character) is None) == (hidden_character(character) is not None)
