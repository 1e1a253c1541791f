"""Addresses that are never probed when somebody else names the host: those of the metadata service, and those
that no server has."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from certctl_client.probing.resolving import Place, resolved

_METADATA = ("fd00:ec2::254",)
"""The metadata service by IPv6; by IPv4 its address is a link-local one."""


async def not_forbidden(host: str, port: int) -> Sequence[Place]:
    """The addresses of a host; those that no target has are marked as not to be looked at. Raises OSError,
    UnicodeError."""
    return [replace(each, is_hidden=_is_forbidden(each.address[0])) for each in await resolved(host, port)]


def _is_forbidden(address: str) -> bool:
    ip = ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_link_local or ip.is_multicast or ip.is_unspecified or str(ip) in _METADATA
