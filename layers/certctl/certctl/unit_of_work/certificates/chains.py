"""What the CAs above a certificate allow it to have, for work on many certificates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.crypto.issuing.chains import issuing_chain
from certctl.crypto.issuing.issuing import leaf_problems, planned_leaf
from certctl.crypto.names import San
from certctl.domain.authorities.authorities import Authority
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.profiles import Profile
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.cache import LastKnown


@dataclass(frozen=True)
class KnownChains:
    """Reads the CAs once a minute, in one query. Thread-safe."""

    authorities: AuthorityStore
    now: Callable[[], datetime]

    @cached_property
    def _known(self) -> LastKnown[Sequence[Authority]]:
        return LastKnown("the CAs", self.authorities.all, self.now)

    def refusal_of(self, certificate: Certificate, names: Sequence[San], profile: Profile) -> str | None:
        """Why clients would refuse a new version; None if they would accept it, and for an external issuer,
        whose CAs are unknown. Raises Unavailable."""
        issuing = (a for a in self._known.get() if a.issuer_id == certificate.issuer_id and a.signs_leaves)
        authority = next(issuing, None)
        if authority is None:
            return None
        problems = leaf_problems(issuing_chain(authority), planned_leaf(certificate, names, profile))
        return "; ".join(problem.message for problem in problems) or None
