"""Which calls of a credential may succeed: the role's permissions, within the credential's limits and teams.

It is the judge of the code under test, so it uses none of it.
"""

from dataclasses import dataclass
from enum import StrEnum

from tests.support.access.walk.designed import COLUMNS, SCOPES, Call, permission_of

ACTIONS = ("certificates:read", "certificates:revoke", "jobs:cancel", "owners:write")
"""The actions of the credentials that are limited to some."""


class Held(StrEnum):
    """A kind of credential."""

    KEY = "a key whose role is less than its account's"
    NARROWED_KEY = "a key whose account has less than the key"
    ACCOUNT_KEY = "a service account's key with all that the account has"
    AGENT = "an agent's key"
    ACTIONS_KEY = "a key with some actions"
    NAMES_KEY = "a key with names that nobody requests"
    PERSON = "a session of a person by provider"
    PASTED_CODE = "a session of a command line by a pasted code"
    KEY_SESSION = "a session that was started with a key"
    MACHINE = "a token exchanged for a machine's"
    MACHINE_ACTIONS = "a token exchanged for a machine's, with some actions"
    READER = "an assistant's token to read, of a person's session"
    WRITER = "an assistant's token to write, of a key"
    DISABLED = "a key of a disabled account"
    EXPIRED = "a key that has expired"
    ORPHAN = "an assistant's token whose session has ended"


DEAD = frozenset({Held.DISABLED, Held.EXPIRED, Held.ORPHAN})
_LIMITED = frozenset({Held.ACTIONS_KEY, Held.MACHINE_ACTIONS})
_MAKE_NO_KEYS = frozenset({Held.KEY_SESSION, Held.PASTED_CODE, Held.READER, Held.WRITER}) | {
    Held.MACHINE,
    *_LIMITED,
}
_HAVE_NO_KEY = frozenset({Held.PERSON, Held.PASTED_CODE, Held.READER, Held.MACHINE, Held.MACHINE_ACTIONS})
_CHILDREN_OF_KEYS = frozenset({Held.KEY_SESSION, Held.WRITER})
_KEYS_ONLY = frozenset({Held.KEY, Held.NARROWED_KEY, Held.ACCOUNT_KEY, Held.MACHINE})
"""With the role of agents, but of no agent: they may succeed with nothing."""
_NEVER_BY_NAMES = (
    "POST /certificates",
    "POST /certificates/*/csr",
    "POST /certificates/*/renew",
    "PUT /certificates/*",
    "DELETE /certificates/*",
    "POST /certificates/*/revoke",
    "POST /certificates/*/versions/*/revoke",
    "POST /certificates/*/unhold",
    "POST /certificates/*/deploy",
    "POST /jobs/*/approve",
    "POST /access-rules",
    "PUT /access-rules/*",
    "POST /service-accounts",
    "PUT /service-accounts/*",
    "POST /trust-rules",
    "PUT /trust-rules/*",
    "POST /users",
    "PUT /users/*",
)
"""A key whose names are not those of the request; it gives no roles either."""


@dataclass(frozen=True)
class Case:
    """A call by a credential with a role in one team, `is_own` if that is the team of what the call names."""

    held: Held
    role: str
    call: Call
    is_own: bool

    @property
    def scope(self) -> str | None:
        """A, T or own; None if the credential lacks the permission."""
        permission = permission_of(self.call)
        had = SCOPES[permission][self._role]
        if had == "-" or self.held in DEAD:
            return None
        if permission in self._permissions:
            return "own" if had == "S" else had
        return "own" if permission == "api-keys" else None

    @property
    def may_succeed(self) -> bool:
        if self.scope is None or self._is_never():
            return False
        if self.scope == "T":
            return self.is_own or not self.call.names_a_record_of_a_team
        if self.scope == "own" and (self._role == "agent" or self.held in _HAVE_NO_KEY):
            return not self.call.has_id
        if self.scope == "own":
            return self.is_own or not self.call.names_a_record_of_a_team
        return True

    @property
    def refusal(self) -> int | None:
        """The status for a caller without the permission; None for one that has it."""
        if self.scope is not None:
            return None
        return 401 if self.held in DEAD else 403

    @property
    def _role(self) -> str:
        """Who pasted a code is no administrator."""
        return "operator" if self.held is Held.PASTED_CODE and self.role == "admin" else self.role

    @property
    def _permissions(self) -> frozenset[str]:
        if self.held in _LIMITED:
            return frozenset(ACTIONS)
        if self.held is Held.NAMES_KEY:
            return frozenset(SCOPES) - {"certificates:bulk-revoke", "campaigns:write"}
        if self.held is Held.READER:
            return frozenset(each for each in SCOPES if each.endswith(":read"))
        return frozenset(SCOPES)

    def _is_never(self) -> bool:
        if self.call.fits("* /auth/users/*") and self.scope != "A":
            return True  # the user is another one
        if self._role == "agent" and self.held is not Held.AGENT:
            return True
        if self.held in _MAKE_NO_KEYS and self.call.fits("POST /api-keys"):
            return True
        if self.held in _CHILDREN_OF_KEYS and self.scope == "own" and self.call.fits("DELETE /api-keys/*"):
            return True
        return self.held is Held.NAMES_KEY and any(map(self.call.fits, _NEVER_BY_NAMES))


def roles_of(held: Held) -> tuple[str, ...]:
    """What has ended is tried with the role that could do most."""
    if held in DEAD:
        return ("admin",)
    if held is Held.AGENT:
        return ("agent",)
    return COLUMNS if held in _KEYS_ONLY else tuple(role for role in COLUMNS if role != "agent")


def teams_of(held: Held) -> tuple[bool, ...]:
    """`is_own` of its cases."""
    return (True,) if held in DEAD else (True, False)
