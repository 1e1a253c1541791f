"""The guard against server-side request forgery: which URLs may be called, and at which addresses.

A URL that a user set is checked when it is saved (`check_url`) and resolved again at each send (`resolve`);
so is the host of a mail server (`resolve_host`). The connection uses the addresses that were checked, so DNS
rebinding, a different response a moment later, has no effect. No refusal quotes the URL: webhook URLs are
secrets.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol

from certctl.domain.networks import (
    Address,
    Network,
    PinnedHost,
    Reach,
    is_never_allowed,
    is_public,
    networks_of,
)
from certctl.domain.urls import UrlMalformed, parse_host, split_url

Resolver = Callable[[str, int], Sequence[str]]

_LOOPBACK = networks_of(["127.0.0.0/8", "::1/128"])
_EVERYWHERE = networks_of(["0.0.0.0/0", "::/0"])


class Refusal(StrEnum):
    """Why a URL was refused. Only `unresolved` may be temporary: the name has no address right now."""

    MALFORMED = "malformed"
    PLAIN_HTTP = "plain_http"
    FORBIDDEN_ADDRESS = "forbidden_address"
    UNRESOLVED = "unresolved"


class UrlRefused(Exception):
    """A URL that may not be called. `detail` is a sentence without any part of the URL."""

    def __init__(self, reason: Refusal, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class UrlResolver(Protocol):
    """Decides which addresses a URL leads to, right before it is called."""

    def resolve(self, url: str) -> "PinnedTarget":
        """Raises UrlRefused or OSError."""
        ...


@dataclass(frozen=True)
class PinnedTarget:
    """A checked URL: connect to one of `addresses`, speak to `host`. `path`, with the query, is a secret."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """The Host header of RFC 9110 section 7.2: with the port unless it is the scheme's default."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == default_port(self.scheme) else f"{name}:{self.port}"


@dataclass(frozen=True)
class GuardPolicy:
    """`private` networks are allowed although not public; http may reach what is in `plain_http` as well."""

    private: tuple[Network, ...] = ()
    plain_http: tuple[Network, ...] = ()

    @classmethod
    def for_stack(cls, allowed_private_cidrs: Iterable[str] = ()) -> "GuardPolicy":
        """https only, private receivers by explicit CIDR. Raises ValueError for an invalid network."""
        return cls(private=networks_of(allowed_private_cidrs))

    @classmethod
    def for_local_mode(cls, allowed_private_cidrs: Iterable[str]) -> "GuardPolicy":
        """The policy of `for_stack`, and plain http to those loopback addresses that the CIDRs allow."""
        return cls(private=networks_of(allowed_private_cidrs), plain_http=_LOOPBACK)

    @classmethod
    def for_relying_party(cls, allowed_private_cidrs: Iterable[str] = ()) -> "GuardPolicy":
        """Plain http to every public address: CRLs and OCSP are signed, and RFC 5280 section 8 wants http."""
        return cls(private=networks_of(allowed_private_cidrs), plain_http=_EVERYWHERE)


def system_resolver(host: str, port: int) -> list[str]:
    """All addresses of a name. Bounded by RES_OPTIONS only: getaddrinfo cannot be interrupted."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class AddressGuard:
    """Applies a policy to URLs. The resolver `(host, port) -> addresses` may raise OSError."""

    def __init__(self, policy: GuardPolicy, resolver: Resolver = system_resolver) -> None:
        self._policy = policy
        self._resolver = resolver

    def check_url(self, url: str) -> None:
        """Checks a URL that will be saved. Raises UrlRefused."""
        self.resolve(url)

    def resolve(self, url: str) -> PinnedTarget:
        """The addresses to send to: every address of the host is checked, and one bad address refuses them
        all. Raises UrlRefused."""
        try:
            parts = split_url(url)
        except UrlMalformed as malformed:
            raise UrlRefused(Refusal.MALFORMED, str(malformed)) from None
        self._refuse_hopeless_http(parts.scheme)
        port = parts.port or default_port(parts.scheme)
        # ADR 18: the connection uses these addresses; a second lookup could return others.
        addresses = self._addresses_of(parts.host, port)
        for address in addresses:
            self._refuse_forbidden(address, parts.scheme)
        return PinnedTarget(parts.scheme, parts.host, port, parts.path, tuple(map(str, addresses)))

    def resolve_host(self, host: str, port: int) -> PinnedHost:
        """The addresses of a host, for protocols without URLs, under the rule for https: every address is
        checked. The caller decides whether an unencrypted protocol may be used within `reach`. Raises
        UrlRefused."""
        try:
            name = parse_host(host)
        except UrlMalformed as malformed:
            raise UrlRefused(Refusal.MALFORMED, str(malformed)) from None
        addresses = self._addresses_of(name, port)
        for address in addresses:
            self._refuse_forbidden(address, "https")
        return PinnedHost(name, port, tuple(map(str, addresses)), self._reach_of(addresses))

    def admits(self, address: str) -> bool:
        """Whether a prober may connect to an address, for what is encrypted or shows nothing: under the rule
        for https."""
        try:
            self._refuse_forbidden(ip_address(address), "https")
        except (UrlRefused, ValueError):
            return False
        return True

    def _reach_of(self, addresses: Sequence[Address]) -> Reach:
        if any(is_public(address) for address in addresses):
            return Reach.PUBLIC
        return Reach.LOCAL if all(map(self._allows_http, addresses)) else Reach.PRIVATE

    def _refuse_hopeless_http(self, scheme: str) -> None:
        """Before any lookup: if http is never allowed, its host is not worth a DNS query."""
        if scheme == "http" and not self._policy.plain_http:
            raise UrlRefused(Refusal.PLAIN_HTTP, "the URL must use https")

    def _addresses_of(self, host: str, port: int) -> list[Address]:
        literal = _literal(host)
        if literal:
            return [literal]
        try:
            found = [ip_address(text) for text in self._resolver(host, port)]
        except (OSError, ValueError):
            raise UrlRefused(Refusal.UNRESOLVED, "the host name cannot be resolved") from None
        if not found:
            raise UrlRefused(Refusal.UNRESOLVED, "the host name has no address")
        return list(dict.fromkeys(found))

    def _refuse_forbidden(self, address: Address, scheme: str) -> None:
        if is_never_allowed(address) or not (is_public(address) or _within(address, self._policy.private)):
            raise UrlRefused(Refusal.FORBIDDEN_ADDRESS, "the host has an address that is not public")
        if scheme == "http" and not self._allows_http(address):
            raise UrlRefused(Refusal.PLAIN_HTTP, "the URL must use https")

    def _allows_http(self, address: Address) -> bool:
        is_reachable = is_public(address) or _within(address, self._policy.private)
        return is_reachable and _within(address, self._policy.plain_http)


def default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
