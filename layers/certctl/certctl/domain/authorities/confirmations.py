"""What is made only if the administrator repeats what is wrong with it."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from certctl.domain.errors import FieldProblem, InvalidInput

_FIELD = "confirm"


@dataclass(frozen=True)
class Confirmation:
    """`text` is what `confirm` must have; `why` follows it in the refusal."""

    text: str
    why: str

    @property
    def shown(self) -> str:
        return json.dumps(self.text) if " " in self.text else self.text


def require_confirmed(needed: Iterable[Confirmation], confirmed: Collection[str]) -> None:
    """Raises InvalidInput that says at once all that must be confirmed, with each reason."""
    asked = list(needed)
    missing = [each for each in asked if each.text not in confirmed]
    if not missing:
        return
    if len(asked) == 1:
        raise InvalidInput.of(_FIELD, f"must be {missing[0].shown}, {missing[0].why}")
    wanted = json.dumps([each.text for each in asked])
    problems = [FieldProblem(_FIELD, f"must have {each.shown}, {each.why}") for each in missing]
    reasons = "; ".join(problem.message for problem in problems)
    raise InvalidInput(f"{_FIELD}: must be the list {wanted}: {reasons}", problems)
