"""What a linter finds in the certificate of a CA that is about to be made."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.errors import FieldProblem, InvalidInput

_WARNING = "WARNING"
_CONSTRAINTS = ".extnValue.nameConstraints."
# pkilint knows no domain of a single label, such as `corp`. We have checked the syntax of these names.
_MISTAKEN_IN_CONSTRAINTS = ("pkix.invalid_domain_name_syntax", "pkix.invalid_email_address_syntax")
_LONGEST_MESSAGE = 160


@dataclass(frozen=True)
class LintFinding:
    """`severity` is pkilint's: `FATAL`, `ERROR` or `WARNING`. `place` is the path of a field within the
    certificate, `message` may be empty."""

    severity: str
    code: str
    place: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether the finding refuses the CA, also if its severity is unknown."""
        return self.severity != _WARNING and not self._is_mistaken

    @property
    def text(self) -> str:
        about = f": {self.message[:_LONGEST_MESSAGE]}" if self.message else ""
        return f"{self.code} at {self.place}{about}"

    @property
    def _is_mistaken(self) -> bool:
        return self.code in _MISTAKEN_IN_CONSTRAINTS and _CONSTRAINTS in self.place


def require_no_error(subject: str, findings: Sequence[LintFinding]) -> None:
    """Raises InvalidInput with every finding that is an error. `subject` is the certificate's."""
    errors = [FieldProblem("certificate", finding.text) for finding in findings if finding.is_error]
    if errors:
        reasons = "; ".join(problem.message for problem in errors)
        raise InvalidInput(f"The CA certificate of {subject} is refused by pkilint: {reasons}", errors)
