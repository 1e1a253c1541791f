"""Checks whether a certificate may still be issued: days may pass between request and signing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import FieldProblem, InvalidInput
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.rules import Breach
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.policies.enforcement import PolicyEnforcement


@dataclass(frozen=True)
class Findings:
    """`problems` refuse an issuance, and so do `breaches` whose severity refuses."""

    problems: tuple[FieldProblem, ...] = ()
    breaches: tuple[Breach, ...] = ()


NO_FINDINGS = Findings()


@dataclass(frozen=True)
class IssuancePreconditions:
    """Uses the cached catalog."""

    references: References
    policies: PolicyEnforcement
    now: Callable[[], datetime]

    def require(self, actor: Actor, certificate: Certificate) -> None:
        """Raises InvalidInput if the issuer is missing or disabled or the profile is missing, and
        PolicyRefused; Unavailable if the catalog cannot be read."""
        problems = self.references.unusable(certificate)
        if problems:
            raise InvalidInput("This certificate may not be issued any more.", problems)
        self.policies.require(actor, certificate, self.now())

    def refusal_of(self, actor: Actor, certificate: Certificate) -> str | None:
        """The reason why `require` would refuse it; None if it would not."""
        try:
            self.require(actor, certificate)
        except InvalidInput as refused:
            return refused.reasons
        return None

    def findings(self, certificate: Certificate) -> Findings:
        """What `require` would find. Records nothing."""
        problems = self.references.unusable(certificate)
        return Findings(tuple(problems), tuple(self.policies.breaches(certificate)))

    def profile_of(self, certificate: Certificate) -> Profile:
        """Raises InvalidInput."""
        profile = self.find_profile(certificate)
        if profile is None:
            raise InvalidInput(f"There is no profile {certificate.certificate_profile_id} any more.")
        return profile

    def find_profile(self, certificate: Certificate) -> Profile | None:
        return self.references.book.profile(certificate.certificate_profile_id)

    def approvals_of(self, certificate: Certificate) -> int:
        """How many its profile requires; 0 for none, and for a profile that is gone."""
        profile = self.find_profile(certificate)
        return profile.approvals if profile else 0
