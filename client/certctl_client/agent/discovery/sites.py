"""Certificates of this host: the virtual hosts that share one pair of files, with what the files hold."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from certctl_client.agent.discovery.certificates import IsManaged, Looked, key_in_words, look_at
from certctl_client.agent.discovery.findings import Commands, Mention, Server, VirtualHost

_ANY = {"*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]", "::": "[::1]"}  # noqa: S104 - no bind
_ADDRESS = re.compile(r"(.*):(\d{1,5})")


@dataclass(frozen=True)
class Site:
    """One certificate file and key of a server. `hosts` are the virtual hosts that name them.
    `has_preferred_twin`: another site has the same names and a key that handshakes prefer."""

    kind: str
    commands: Commands
    home: Path
    hosts: Sequence[VirtualHost]
    looked: Looked
    has_preferred_twin: bool = False

    @property
    def certificate(self) -> Path:
        return self.hosts[0].certificate

    @property
    def key(self) -> Path | None:
        return self.hosts[0].key

    @property
    def folder(self) -> Path | None:
        return self.hosts[0].folder

    @property
    def mentions(self) -> list[Mention]:
        return list(dict.fromkeys(host.certificate_at for host in self.hosts))

    @property
    def names(self) -> list[str]:
        """Names of the virtual hosts, or of the certificate if the configuration has none."""
        return _unique(name for host in self.hosts for name in host.names) or self.looked.names

    @property
    def addresses(self) -> list[str]:
        return _unique(address for host in self.hosts for address in host.addresses)

    @property
    def problems(self) -> list[str]:
        """What keeps the files from being moved."""
        hindrances = _unique(host.hindrance for host in self.hosts if host.hindrance)
        return [*hindrances, *self.looked.problems]

    @property
    def remarks(self) -> list[str]:
        covered = self.looked.names
        missing = [
            name for name in self.names if covered and not any(_covers(each, name) for each in covered)
        ]
        return [*self.looked.remarks, *(f"the certificate does not have the name {name}" for name in missing)]

    @property
    def can_move(self) -> bool:
        return not self.problems

    @property
    def verify_address(self) -> str:
        """An address of this host for the handshake, loopback if there is one; empty without any."""
        found = [
            f"{_ANY.get(each[1], each[1])}:{each[2]}"
            for each in map(_ADDRESS.fullmatch, self.addresses)
            if each
        ]
        return next((each for each in found if is_loopback(each)), found[0] if found else "")

    @property
    def server_name(self) -> str:
        """The name for the handshake: one that the server and the certificate have."""
        names = [*self.names, *self.looked.names]
        plain = [name for name in names if re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name)]
        return plain[0] if plain else (names[0].replace("*", "certctl", 1) if names else "")


def sites_of(server: Server, is_managed: IsManaged, now: datetime) -> list[Site]:
    """Sites in the order of the configuration. Each pair of files is read once."""
    groups: dict[tuple[Path, Path | None, Path | None], list[VirtualHost]] = {}
    for host in server.hosts:
        groups.setdefault((host.certificate, host.key, host.folder), []).append(host)
    sites = [
        Site(server.kind, server.commands, server.home, hosts, look_at(hosts[0], is_managed, now))
        for hosts in groups.values()
    ]
    return list(_with_twins(sites))


def is_loopback(address: str) -> bool:
    return address.startswith(("127.0.0.1:", "[::1]:", "localhost:"))


def _with_twins(sites: Sequence[Site]) -> Iterator[Site]:
    """Marks the RSA certificate of a pair: a handshake sees the ECDSA one."""
    preferred = {_identity(site) for site in sites if site.can_move and not _is_rsa(site)}
    for site in sites:
        has_twin = site.can_move and _is_rsa(site) and _identity(site) in preferred
        yield Site(site.kind, site.commands, site.home, site.hosts, site.looked, has_twin)


def _is_rsa(site: Site) -> bool:
    return site.looked.leaf is not None and key_in_words(site.looked.leaf).startswith("RSA")


def _identity(site: Site) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(site.looked.names), frozenset(site.addresses)


def _covers(pattern: str, name: str) -> bool:
    if pattern.lower() == name:
        return True
    return pattern.startswith("*.") and name.partition(".")[2] == pattern[2:].lower()


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
