"""Names of query parameters: a filter that is misspelt must not list everything."""

from collections.abc import Iterable

from certctl.domain.errors import FieldProblem, InvalidInput


def check_names(given: Iterable[str], taken: Iterable[str]) -> None:
    """Raises InvalidInput, naming each of `given` that is not one of `taken`, and what there is."""
    known = sorted(taken)
    allowed = f"this path takes {', '.join(known)}" if known else "this path takes none"
    unknown = sorted(set(given) - set(known))
    if unknown:
        problems = [FieldProblem(f"query.{name}", f"no such parameter: {allowed}") for name in unknown]
        raise InvalidInput("The request does not have its form.", problems)
