import pytest

from certctl.domain.acme.contacts import checked_contacts
from certctl.domain.acme.problems import AcmeProblem, ProblemType


def test_contacts_are_kept_as_they_were_sent_and_once_each() -> None:
    sent = ["mailto:ada@example.com", "MAILTO:Bob+acme@example.com", "mailto:ada@example.com"]
    assert checked_contacts(sent) == ("mailto:ada@example.com", "MAILTO:Bob+acme@example.com")
    assert checked_contacts([]) == ()


@pytest.mark.parametrize(
    ("url", "type"),
    [
        ("tel:+123", ProblemType.UNSUPPORTED_CONTACT),
        ("mailto+x:ada@example.com", ProblemType.UNSUPPORTED_CONTACT),
        ("ada@example.com", ProblemType.INVALID_CONTACT),
        ("mailto:", ProblemType.INVALID_CONTACT),
        ("mailto:ada", ProblemType.INVALID_CONTACT),
        ("mailto:ada@", ProblemType.INVALID_CONTACT),
        ("mailto:ada@-example.com", ProblemType.INVALID_CONTACT),
        ("mailto:ada@example.com\n", ProblemType.INVALID_CONTACT),
        ("mailto:ada@example.com,bob@example.com", ProblemType.INVALID_CONTACT),
        ("mailto:ada@example.com?cc=bob@example.com", ProblemType.INVALID_CONTACT),
        (f"mailto:{'a' * 65}@example.com", ProblemType.INVALID_CONTACT),
        (f"mailto:ada@{'a' * 300}", ProblemType.INVALID_CONTACT),
    ],
)
def test_what_is_no_mail_address_is_refused(url: str, type: ProblemType) -> None:
    with pytest.raises(AcmeProblem) as refused:
        checked_contacts([url])
    assert refused.value.type is type
