"""Decides which rows that a search finds are shown."""

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.search import SearchTerm
from certctl.store.certificates.search_rows import first_key, is_of_text
from certctl.store.paging import Hit


class FirstMatches:
    """A certificate has a row for each of its texts and versions. It is shown once in the list: if a text
    matches, at the first such text, on whatever page that is; else where a version matches."""

    def __init__(self, sought: SearchTerm) -> None:
        self._text = sought.text
        self._ids: set[str] = set()

    def take(self, found: Hit, certificate: Certificate) -> bool:
        if certificate.id in self._ids or not self._belongs(found.position.after, certificate):
            return False
        self._ids.add(certificate.id)
        return True

    def _belongs(self, key: str, certificate: Certificate) -> bool:
        """A row that outlived its text is not the certificate's any more."""
        first = first_key(certificate, self._text) if self._text else None
        return key == first if is_of_text(key) else first is None
