"""Checks the parts of a URL: a misspelt or empty filter must not list everything, and DynamoDB accepts no key
that is empty or long."""

from collections.abc import Iterable, Mapping

from certctl.domain.errors import FieldProblem, InvalidInput, NotFound

LONGEST_VALUE = 1024
"""The longest value of a query parameter, in bytes; a cursor has a limit of its own."""
LONGEST_SEGMENT = 256
"""The longest segment of a path, in bytes: longer than any id."""
_CURSOR = "cursor"


def check_path(path: str) -> None:
    """Raises NotFound."""
    if any(len(segment.encode()) > LONGEST_SEGMENT for segment in path.split("/")):
        raise NotFound("There is no such record.")


def check_values(given: Mapping[str, str]) -> None:
    """Raises InvalidInput."""
    texts = {name: _problem_of(name, value) for name, value in given.items()}
    problems = [FieldProblem(f"query.{name}", problem) for name, problem in texts.items() if problem]
    if problems:
        raise InvalidInput("The request is invalid.", problems)


def _problem_of(name: str, value: str) -> str:
    if not value:
        return "must not be empty; leave it out instead"
    if name != _CURSOR and len(value.encode()) > LONGEST_VALUE:
        return f"must have at most {LONGEST_VALUE} bytes"
    return ""


def check_names(given: Iterable[str], taken: Iterable[str]) -> None:
    """Raises InvalidInput with each of `given` that is not one of `taken`, and those that are allowed."""
    known = sorted(taken)
    allowed = f"this path takes {', '.join(known)}" if known else "this path takes none"
    unknown = sorted(set(given) - set(known))
    if unknown:
        problems = [FieldProblem(f"query.{name}", f"no such parameter: {allowed}") for name in unknown]
        raise InvalidInput("The request is invalid.", problems)
