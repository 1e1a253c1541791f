"""Restrictions on texts for people."""

from typing import Annotated

from pydantic import AfterValidator, Field

from certctl.domain.notifications.hidden_characters import basic_ranges, hidden_character

PLAIN = f"[^{basic_ranges()}]"
"""The published pattern. Each field that has it has `VISIBLE` too, which knows all planes of Unicode."""
PLAIN_TEXT = f"^{PLAIN}*$"


def refusal_of(hidden: str) -> str:
    return f"Contains {hidden}: control, invisible and direction-changing characters are not allowed."


def _visible(text: str) -> str:
    if hidden := hidden_character(text):
        raise ValueError(refusal_of(hidden))
    return text


VISIBLE = AfterValidator(_visible)
Tags = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=64, pattern=f"^{PLAIN}+$"), VISIBLE],
        Annotated[str, Field(max_length=256, pattern=PLAIN_TEXT), VISIBLE],
    ],
    Field(max_length=50),
]
SubjectValues = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=64, pattern=f"^{PLAIN}+$"), VISIBLE],
        Annotated[str, Field(min_length=1, max_length=128, pattern=PLAIN_TEXT), VISIBLE],
    ],
    Field(max_length=6),
]
