"""Contacts of ACME accounts (RFC 8555 section 7.3): URLs with the scheme mailto."""

import re
from collections.abc import Sequence

from certctl.domain.acme.accounts import MOST_CONTACTS
from certctl.domain.acme.problems import AcmeProblem, ProblemType

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# One address (RFC 6068), without header fields.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$&'*+/=^_`{|}~%-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def checked_contacts(urls: Sequence[str]) -> tuple[str, ...]:
    """The contacts as they were sent. Raises AcmeProblem, unsupportedContact or invalidContact."""
    if len(urls) > MOST_CONTACTS:
        raise _invalid(f"An ACME account has at most {MOST_CONTACTS} contacts.")
    for url in urls:
        _check(url)
    return tuple(dict.fromkeys(urls))


def _check(url: str) -> None:
    scheme = _SCHEME.match(url)
    if scheme is None:
        raise _invalid("A contact must be a URL, such as mailto:admin@example.com.")
    if scheme[0].lower() != "mailto:":
        raise AcmeProblem(ProblemType.UNSUPPORTED_CONTACT, "A contact must have the scheme mailto.")
    if not _ADDRESS.fullmatch(url[scheme.end() :]):
        raise _invalid("A contact must have one mail address and no header fields: mailto:admin@example.com.")


def _invalid(detail: str) -> AcmeProblem:
    return AcmeProblem(ProblemType.INVALID_CONTACT, detail)
