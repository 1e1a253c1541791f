"""The table of docs/issuers.md: a profile of each kind, and the clients that verify its leaves, one with a
P-256 key below an ECDSA root and one with an RSA key below an RSA root. `make clients-table` prints it."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import SubjectRule
from certctl.domain.policies.usages import ExtendedKeyUsage as Usage
from tests.support.catalog.entries import entry, store_entry
from tests.support.relying_parties.hierarchies import Hierarchy, Identity, hierarchy
from tests.support.relying_parties.key_specs import compiled
from tests.support.relying_parties.purposes import ASKED_TITLES, Asked, asked_programs
from tests.support.relying_parties.servers import NAME, SERVED_BY, Door, Server, revoked_client

POLICY, OTHER_POLICY = "1.3.6.1.4.1.32473.1.1", "1.3.6.1.4.1.32473.1.2"
_OWN_USAGE, _SHORT = "1.3.6.1.4.1.32473.2", timedelta(days=7)
_TEAMS = ("t-default",)
_SERVER = (Usage.SERVER_AUTH,)
PROFILES: Mapping[str, Profile] = {
    "`server`": Profile(_SERVER),
    "`mtls`": Profile((Usage.SERVER_AUTH, Usage.CLIENT_AUTH)),
    "`client`": Profile((Usage.CLIENT_AUTH,)),
    "codeSigning": Profile((Usage.CODE_SIGNING,), teams=_TEAMS),
    "emailProtection": Profile((Usage.EMAIL_PROTECTION,), teams=_TEAMS),
    "timeStamping, critical": Profile((Usage.TIME_STAMPING,), teams=_TEAMS),
    "documentSigning": Profile((Usage.DOCUMENT_SIGNING,), teams=_TEAMS),
    "ipsecIKE": Profile((Usage.IPSEC_IKE,), teams=_TEAMS),
    _OWN_USAGE: Profile((_OWN_USAGE,), teams=_TEAMS),
    "server, fixed subject": Profile(
        _SERVER, subject={"C": SubjectRule(fixed="DE"), "O": SubjectRule(fixed="Müller & Söhne")}
    ),
    "server, allowed subject": Profile(
        _SERVER, subject={"OU": SubjectRule(allowed="Shop *"), "serialNumber": SubjectRule(allowed="*")},
        teams=_TEAMS,
    ),
    "server, policy with CPS": Profile(
        _SERVER, policies=(CertificatePolicy(POLICY, "https://pki.example.com/cps"),)
    ),
    "server, `no_rev_avail`": Profile(_SERVER, max_ttl=_SHORT, no_rev_avail=True),
}  # fmt: skip
_REQUESTED: Mapping[str, Mapping[str, str]] = {
    "server, allowed subject": {"OU": "Shop 7", "serialNumber": "HRB 12345"},
}
_HIERARCHIES = (
    (KeySpec.ECC_NIST_P384, KeySpec.ECC_NIST_P256),
    (KeySpec.RSA_3072, KeySpec.RSA_2048),
)


@dataclass(frozen=True)
class Leaf:
    profile: Profile
    made: Hierarchy
    identity: Identity
    doors: Mapping[str, Door]
    """Servers that may let it in, by title."""

    @property
    def usage(self) -> str:
        return self.profile.extended_key_usages[0]

    @property
    def policy(self) -> str | None:
        return self.profile.policies[0].oid if self.profile.policies else None


HEADER = f"| profile | {' | '.join([*ASKED_TITLES, *(server.title for server in SERVED_BY)])} |"


def rows() -> dict[str, str]:
    """The lines of the table, by title."""
    with compiled() as folder, asked_programs(folder) as asked:
        columns = [_cells(specs, Path(mkdtemp(dir=folder)), asked) for specs in _HIERARCHIES]
    found = {title: [column[title] for column in columns] for title in PROFILES}
    return {
        title: f"| {' | '.join([title, *map(_either, zip(*cells, strict=True))])} |"
        for title, cells in found.items()
    }


def _cells(specs: tuple[KeySpec, KeySpec], folder: Path, asked: Sequence[Asked]) -> dict[str, list[str]]:
    with hierarchy(*specs, folder) as made, ExitStack() as opened:
        leaves = _leaves(made, opened)
        return {
            title: [
                *(_verdict(program, leaf) for program in asked),
                *(_handshake(server, leaf) for server in SERVED_BY),
            ]
            for title, leaf in leaves.items()
        }


def _leaves(made: Hierarchy, opened: ExitStack) -> Mapping[str, Leaf]:
    """A leaf of each profile, and servers that may let it in."""
    identities = {title: _issued(made, title) for title in PROFILES}
    first, revoked = next(iter(identities.values())), revoked_client(made)
    doors = {each.title: opened.enter_context(each.door(made, first, revoked)) for each in SERVED_BY}
    return {title: Leaf(PROFILES[title], made, each, doors) for title, each in identities.items()}


def _issued(made: Hierarchy, title: str) -> Identity:
    pki, profile_id = made.plane.pki, f"prof-{list(PROFILES).index(title)}"
    store_entry(pki.database, entry(Kind.PROFILE, profile_id, pki.clock(), PROFILES[title]))
    fields: dict[str, Any] = {"profile_id": profile_id, "subject": _REQUESTED.get(title, {})}
    return made.issued(NAME, **fields).written()


def _verdict(program: Asked, leaf: Leaf) -> str:
    """The program is asked for the profile's usage, or for any if it does not know that; and for what it must
    refuse: a server if the profile is for none, and another policy."""
    ca, path = leaf.made.ca, leaf.identity.path
    usage = leaf.usage if program.knows(leaf.usage) else None
    policy = leaf.policy if program.knows_policies else None
    if usage is None and not program.knows_any:
        return "-"
    if not program.accepts(ca, path, usage, policy):
        return "**refuses**"
    wrong: list[tuple[str, str | None]] = [(leaf.usage, OTHER_POLICY)] if policy else []
    wrong += [] if leaf.usage == Usage.SERVER_AUTH else [(Usage.SERVER_AUTH, None)]
    if any(program.accepts(ca, path, *question) for question in wrong):
        return "verifies, **for others too**"
    if usage is None:
        return "verifies for any"
    return "verifies, demanded" if policy else "verifies"


def _handshake(server: Server, leaf: Leaf) -> str:
    usages, found = leaf.profile.extended_key_usages, list[str]()
    if Usage.SERVER_AUTH in usages:
        found.append("handshakes" if server.serves(leaf.made, leaf.identity) else "**fails**")
    if leaf.doors[server.title].admits(leaf.identity):
        found.append("admits")
    elif Usage.SERVER_AUTH not in usages:
        found.append("refuses")
    return ", ".join(found)


def _either(verdicts: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(verdicts))


def _main() -> None:
    write = sys.stdout.write
    write(f"{HEADER}\n|{' --- |' * (HEADER.count('|') - 1)}\n")
    with redirect_stdout(StringIO()):  # which functions write metrics to
        found = rows()
    for row in found.values():
        write(f"{row}\n")


if __name__ == "__main__":
    _main()
