"""What OCSP responders answer, as a relying party sees it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.connectors.relying_party import RelyingParty
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.ocsp_checking import OcspVerdict, question_about, verified_answer
from certctl.domain.authorities.authorities import Authority
from certctl.domain.status.looks import DueRevocation


@dataclass(frozen=True)
class ServedAnswer:
    """A verified answer, and when it came. `sha256`: of its body."""

    verdict: OcspVerdict
    sha256: str
    served_at: datetime

    def shows(self, due: DueRevocation) -> bool:
        """False as well for a hold that has been withdrawn before."""
        date = self.verdict.revoked_at
        return date is not None and due.is_shown_by(date)


@dataclass(frozen=True)
class WatchedOcsp:
    """Asks without a nonce, so that what caches answer is seen."""

    party: RelyingParty
    now: Callable[[], datetime]

    def ask(self, authority: Authority, serial: str) -> ServedAnswer:
        """Asks at the URL that the CA's certificates name. Raises NotFetched, and OcspInvalid unless a
        relying party may believe the answer."""
        question = question_about(load_certificate(authority.certificate_pem), int(serial, 16))
        body = self.party.body_of(question.get_url(authority.ocsp_url or ""))
        served_at = self.now()
        verdict = verified_answer(body, question, served_at)
        return ServedAnswer(verdict, hashlib.sha256(body).hexdigest(), served_at)
