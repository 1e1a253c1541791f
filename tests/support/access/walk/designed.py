"""Who may do what, written by hand as a second source: nothing here is read from the code."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

COLUMNS = ("admin", "team-admin", "operator", "viewer", "auditor", "agent")
GRANTED = """
certificates:read         A T T T A -
certificates:write        A T T - - -
certificates:submit-csr   A T T - - -
certificates:revoke       A T T - - -
certificates:unhold       A - - - - -
certificates:bulk-revoke  A - - - - -
campaigns:read            A - - - A -
campaigns:write           A - - - - -
inventory:read            A T T T A -
inventory:write           A T T - - -
endpoints:write           A T T - - -
acme:read                 A T T T A -
acme:write                A T - - - -
acme:revoke               A T T - - -
jobs:read                 A T T T A -
jobs:cancel               A T T - - -
jobs:approve              A T T - - -
catalog:read              A A A A A -
team-records:read         A T T T A -
catalog:write             A - - - - -
owners:write              A T - - - -
names:write               A - - - - -
targets:write             A T T - - -
agents:write              A T T - - -
channels:read             A A A A A -
channels:write            A - - - - -
channels:test             A T T - - -
notifications:read        A T T T A -
notifications:write       A T T - - -
stats:read                A A A A A -
audit:read                A T T - A -
audit:export              A - - - A -
api-keys                  A T own own own -
api-keys:rotate           A - - - - S
agent:work                A - - - - S
identity:write            A - - - - -
access-rules:write        A T - - - -
trust-rules:write         A T - - - -
service-accounts:write    A T - - - -
users:read                A - - - A -
users:write               A - - - - -
"""
"""A: records of all teams; T: of the grant's teams; own, S: its own."""

_PERMISSIONS = """
GET    /acme/*                            acme:read
POST   /acme/accounts/*/revoke            acme:revoke
POST   /acme/eab-keys/*/revoke            acme:revoke
*      /acme/*                            acme:write
GET    /access-rules*                     team-records:read
*      /access-rules*                     access-rules:write
POST   /agent/key/rotate                  api-keys:rotate
*      /agent/*                           agent:work
*      /agents/bootstrap-tokens*          agents:write
GET    /agents*                           catalog:read
*      /agents*                           agents:write
*      /api-keys*                         api-keys
GET    /attention                         stats:read
GET    /audit/export                      audit:export
GET    /audit/key                         audit:export
GET    /audit/seals*                      audit:export
GET    /audit/verify                      audit:export
GET    /audit*                            audit:read
POST   /auth/codes                        api-keys
*      /auth/session                      api-keys
*      /auth/users/*/sessions*            api-keys
POST   /auth/preview                      access-rules:write
POST   /auth/trust-rules/*/preview        trust-rules:write
POST   /auth/trust-rules/preview          trust-rules:write
GET    /authorities/*/uses               certificates:read
GET    /authorities*                      catalog:read
GET    /campaigns*                        campaigns:read
GET    /endpoints*                        inventory:read
*      /endpoints*                        endpoints:write
GET    /inventory*                        inventory:read
*      /inventory*                        inventory:write
*      /campaigns*                        campaigns:write
POST   /certificates/bulk-revoke          certificates:bulk-revoke
POST   /certificates/*/csr                certificates:submit-csr
POST   /certificates/*/revoke             certificates:revoke
POST   /certificates/*/unhold             certificates:unhold
DELETE /certificates/*                    certificates:revoke
GET    /certificates*                     certificates:read
*      /certificates*                     certificates:write
GET    /channel-kinds                     channels:read
POST   /channels/*/test                   channels:test
GET    /channels*                         channels:read
*      /channels*                         channels:write
GET    /crl                               certificates:read
GET    /keys/*                            certificates:read
GET    /identity-providers*               catalog:read
*      /identity-providers*               identity:write
GET    /issuer-types                      catalog:read
GET    /issuers*                          catalog:read
*      /issuers*                          catalog:write
POST   /jobs/*/approve                    jobs:approve
POST   /jobs/*/reject                     jobs:approve
POST   /jobs/*/cancel                     jobs:cancel
GET    /jobs*                             jobs:read
GET    /metrics*                          stats:read
GET    /notifications/routing*            channels:read
POST   /notifications/routing/preview     notifications:read
*      /notifications/routing*            channels:write
GET    /notifications*                    notifications:read
*      /notifications*                    notifications:write
GET    /openapi.json                      catalog:read
GET    /owners*                           catalog:read
*      /owners*                           owners:write
GET    /policies*                         catalog:read
*      /policies*                         catalog:write
GET    /profiles*                         catalog:read
*      /profiles*                         catalog:write
GET    /renewal-policies*                 catalog:read
*      /renewal-policies*                 catalog:write
GET    /revocations*                      certificates:read
GET    /service-accounts*                 team-records:read
*      /service-accounts*                 service-accounts:write
GET    /stats/*                           stats:read
GET    /target-types                      catalog:read
GET    /targets/*/certificates            certificates:read
GET    /targets*                          team-records:read
*      /targets*                          targets:write
POST   /teams/*/names/preview             names:write
GET    /teams*                            catalog:read
*      /teams*                            catalog:write
GET    /trust-rules*                      team-records:read
*      /trust-rules*                      trust-rules:write
GET    /users*                            users:read
*      /users*                            users:write
GET    /violations                        catalog:read
"""
"""The first line that fits a route is its own."""

_BODY_NAMES_TEAM = frozenset({"access-rules", "api-keys", "certificates", "owners", "targets"}) | {
    "agents",
    "agents/bootstrap-tokens",
    "notifications/mutes",
    "service-accounts",
    "trust-rules",
}
"""Collections that a POST adds a record of a team to: the team, or a record of it, is in its body."""


@dataclass(frozen=True)
class Call:
    """`path` has its parameters as `<name>`."""

    method: str
    path: str

    @property
    def short(self) -> str:
        return self.path.removeprefix("/api/v1")

    @property
    def has_id(self) -> bool:
        return "<" in self.path

    @property
    def names_a_record_of_a_team(self) -> bool:
        """If its permission is limited to teams."""
        return self.has_id or (self.method == "POST" and self.short.strip("/") in _BODY_NAMES_TEAM)

    def fits(self, pattern: str) -> bool:
        """`METHOD /path`, each with `*` for anything."""
        method, path = pattern.split()
        return method in ("*", self.method) and fnmatchcase(self.short, path)


def _table() -> Mapping[str, Mapping[str, str]]:
    lines = (line.split() for line in GRANTED.strip().splitlines())
    return {permission: dict(zip(COLUMNS, cells, strict=True)) for permission, *cells in lines}


def _patterns() -> list[tuple[str, str]]:
    lines = (line.split() for line in _PERMISSIONS.strip().splitlines())
    return [(f"{method} {path}", permission) for method, path, permission in lines]


SCOPES = _table()
PATTERNS = _patterns()


def permission_of(call: Call) -> str:
    """Raises StopIteration for a route that nobody has written down here."""
    return next(permission for pattern, permission in PATTERNS if call.fits(pattern))
