"""Which findings of a linter keep a CA from being made."""

import pytest

from certctl.domain.authorities.lint import LintFinding, require_no_error
from certctl.domain.errors import InvalidInput

_IN_CONSTRAINTS = (
    "certificate.tbsCertificate.extensions.6.extnValue.nameConstraints.permittedSubtrees.0.base.dNSName"
)
_IN_SUBJECT = "certificate.tbsCertificate.subject.rdnSequence.0.0"


def finding(severity: str, code: str = "pkix.some_rule", place: str = _IN_SUBJECT) -> LintFinding:
    return LintFinding(severity, code, place, "said")


@pytest.mark.parametrize(
    ("severity", "is_error"), [("FATAL", True), ("ERROR", True), ("WARNING", False), ("a new one", True)]
)
def test_all_that_is_worse_than_a_warning_is_an_error(severity: str, is_error: bool) -> None:
    assert finding(severity).is_error is is_error


@pytest.mark.parametrize(("place", "is_error"), [(_IN_CONSTRAINTS, False), (_IN_SUBJECT, True)])
def test_a_domain_of_one_label_may_be_permitted(place: str, is_error: bool) -> None:
    assert finding("ERROR", "pkix.invalid_domain_name_syntax", place).is_error is is_error


def test_a_refusal_names_the_certificate_and_every_error_but_no_warning() -> None:
    found = [finding("ERROR", "first"), finding("WARNING", "second"), finding("FATAL", "third")]
    with pytest.raises(InvalidInput, match=r"CN=Root .* first at .*; third at ") as refused:
        require_no_error("CN=Root", found)
    assert "second" not in refused.value.detail
    assert [problem.field for problem in refused.value.problems] == ["certificate", "certificate"]


def test_warnings_alone_refuse_nothing() -> None:
    require_no_error("CN=Root", [finding("WARNING")])


def test_a_long_message_is_cut() -> None:
    found = LintFinding("FATAL", "itu.invalid_asn1_syntax", _IN_SUBJECT, "x" * 1000)
    assert len(found.text) < 300
