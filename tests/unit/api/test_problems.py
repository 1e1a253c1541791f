"""What a caller reads when a request is invalid: our words, never the validator's."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from certctl.api.problems import problem_of


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str


def refuse(value: str) -> str:
    raise ValueError("The name is taken.")


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (Body, {}, "Required."),
        (Body, {"name": "a", "nmae": "b"}, "There is no such field."),
        (Body, "text", "Must be an object."),
        (str, 7, "Must be a text."),
        (int, "x", "Must be a whole number."),
        (int, "1" * 5000, "Must be a whole number."),
        (float, "x", "Must be a number."),
        (bool, "maybe", "Must be true or false."),
        (datetime, "soon", "Must be a time such as 2026-11-24T13:00:00Z."),
        (AwareDatetime, "2026-11-24T13:00:00", "Must name its time zone: 2026-11-24T13:00:00Z."),
        (list[str], 7, "Must be a list."),
        (dict[str, str], 7, "Must be an object."),
        (Literal["a", "b"], "c", "Must be 'a' or 'b'."),
        (Colour, "green", "Must be 'red' or 'blue'."),
        (Annotated[int, Field(ge=1)], 0, "Must be at least 1."),
        (Annotated[int, Field(le=500)], 501, "Must be at most 500."),
        (Annotated[int, Field(gt=1)], 1, "Must be more than 1."),
        (Annotated[int, Field(lt=9)], 9, "Must be less than 9."),
        (Annotated[str, Field(min_length=1)], "", "Must have at least 1 characters."),
        (Annotated[str, Field(max_length=2)], "abc", "Must have at most 2 characters."),
        (Annotated[list[str], Field(max_length=1)], ["a", "b"], "Must have at most 1 entries."),
        (
            Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")],
            "A",
            "Must have 3 to 64 lowercase letters, digits and hyphens, and begin with a letter or digit.",
        ),
        (Annotated[str, Field(pattern="^x+$")], "y", "Must match ^x+$"),
        (Annotated[str, AfterValidator(refuse)], "a", "The name is taken."),
    ],
)
def test_each_kind_of_error_is_in_our_words(kind: Any, value: object, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    problem = problem_of(RequestValidationError(refused.value.errors()))
    assert [error.message for error in problem.errors] == [message]
    assert problem.detail == "The request is invalid."
