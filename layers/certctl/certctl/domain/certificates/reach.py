"""Which certificates a caller may reach."""

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import NotFound


def reachable(certificate: Certificate | None, caller: Principal, permission: Permission) -> Certificate:
    """Raises NotFound, also for a certificate of another team."""
    if certificate is None:
        raise NotFound("There is no such certificate.")
    caller.require_reach(permission, certificate.team_id, "such certificate")
    return certificate
