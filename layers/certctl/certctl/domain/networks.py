"""Which IP addresses are public. Explicit tables: `ipaddress.is_global` changes with Python's patch level,
and calls 6to4 relays, v4-mapped, multicast and site-local addresses global."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Reach(StrEnum):
    """The location of a host. `local`: on this machine, in local mode; `private`: in a network that a CIDR
    allows."""

    LOCAL = "local"
    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True)
class PinnedHost:
    """A checked host: connect to one of `addresses`, none of which is beyond `reach`."""

    host: str
    port: int
    addresses: tuple[str, ...]
    reach: Reach


def networks_of(cidrs: Iterable[str]) -> tuple[Network, ...]:
    """Raises ValueError for an invalid network, or one with host bits set."""
    return tuple(ip_network(cidr.strip()) for cidr in cidrs if cidr.strip())


# Not even an allow-list permits these: they have no receivers, but credentials.
_NEVER = networks_of(
    [
        "0.0.0.0/8",  # "this network": Linux connects 0.0.0.0 to loopback
        "169.254.0.0/16",  # link-local: metadata of EC2, ECS, EKS, GCP and Azure
        "100.100.100.200/32",  # Alibaba's metadata, inside CGNAT
        "192.0.0.192/32",  # Oracle's metadata
        "168.63.129.16/32",  # Azure's wire server, a public address
        "224.0.0.0/4",  # multicast
        "255.255.255.255/32",  # broadcast
        "::/128",  # unspecified: Linux connects it to loopback
        "fe80::/10",  # link-local
        "fd00:ec2::/32",  # EC2's metadata, resolver, time and EKS pod identity
        "fd20:ce::254/128",  # GCP's metadata
        "ff00::/8",  # multicast
    ]
)

# IANA's special-purpose registry for IPv4, and other ranges without receivers on the internet.
_SPECIAL_V4 = networks_of(
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # CGNAT, RFC 6598
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "168.63.129.16/32",
        "224.0.0.0/4",
        "240.0.0.0/4",  # reserved, and broadcast
    ]
)

# Holes in 2000::/3, the only block of IPv6 that is global unicast. All else (mapped, v4-compatible, unique
# local, site-local, link-local, multicast, SRv6, discard) lies outside it.
_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = networks_of(
    [
        "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarks, AMT, AS112
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: RFC 7526 ended its use, and it hides an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, returned to IANA
        "3fff::/20",  # documentation, RFC 9637
    ]
)

# A NAT64 network reaches every IPv4-only provider through this prefix (RFC 6052): the address inside decides.
# Other prefixes, 64:ff9b:1::/48 among them, hide it in places that only the network knows: never public.
_NAT64 = IPv6Network("64:ff9b::/96")
# ISATAP (RFC 5214 section 6.1): an interface id of 0000:5efe or 0200:5efe, then an IPv4 address.
_ISATAP_MARKS = (0x00005EFE, 0x02005EFE)


def is_never_allowed(address: Address) -> bool:
    return _in_any(address, _NEVER)


def is_public(address: Address) -> bool:
    """Global unicast, and not a way around to an IPv4 address that is not public."""
    if isinstance(address, IPv4Address):
        return not _in_any(address, _SPECIAL_V4)
    if address in _NAT64:
        return is_public(_last_32_bits(address))
    if _is_isatap(address) and not is_public(_last_32_bits(address)):
        return False
    return address in _GLOBAL_V6 and not _in_any(address, _SPECIAL_V6)


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP_MARKS


def _last_32_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)


def _in_any(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
