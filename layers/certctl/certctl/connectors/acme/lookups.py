"""DNS lookups of validations, within the deadline of their attempt.

`getaddrinfo` cannot be interrupted, so addresses are looked up like other records. The name servers are those
of the machine, which know a VPC's private zones, or those that the stack is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certctl.connectors.http.timed_socket import Countdown
from certctl.domain.acme.name_servers import NameServer

if TYPE_CHECKING:
    from dns.resolver import Answer, Resolver

_MOST_CNAMES = 8
_LONGEST_SECONDS = 4.0
"""The time of one question, so that a name server that is slow for AAAA leaves some for the rest."""
_PAYLOAD = 1232  # the DNS flag day's size, which no path fragments
_LOOPBACK = "127.0.0.1"


class LookupFailed(OSError):
    """There is no trustworthy answer. `detail` is a sentence without names."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NameMissing(LookupFailed):
    """NXDOMAIN."""


@dataclass(frozen=True)
class Lookups:
    """The lookups of one attempt. Without `servers`, those of /etc/resolv.conf."""

    servers: Sequence[NameServer]
    countdown: Countdown

    def txt(self, name: str) -> list[bytes]:
        """The strings of each TXT record, joined (RFC 7208 section 3.3). Raises LookupFailed."""
        return [b"".join(record.strings) for record in self._records(name, "TXT")]

    def caa(self, name: str) -> list[tuple[int, str, bytes]]:
        """Flags, tag in lower case, and value of each CAA record. Empty also if the name does not exist.
        Raises LookupFailed."""
        try:
            found = self._records(name, "CAA")
        except NameMissing:
            return []
        return [
            (record.flags, record.tag.decode("ascii", "replace").lower(), record.value) for record in found
        ]

    def addresses(self, host: str, _port: int) -> list[str]:
        """A resolver for the address guard. Raises LookupFailed if neither A nor AAAA gives an address."""
        if host == "localhost" or host.endswith(".localhost"):
            return [_LOOPBACK]  # RFC 6761 section 6.3: no name server is asked
        found: list[str] = []
        failures: list[LookupFailed] = []
        for kind in ("A", "AAAA"):
            try:
                found += [record.address for record in self._records(host, kind)]
            except LookupFailed as failure:
                failures.append(failure)
        if not found and failures:
            raise failures[0]
        return found

    def _records(self, name: str, kind: str) -> list[Any]:
        import dns.exception
        import dns.resolver

        try:
            return self._followed(name, kind)
        except dns.resolver.NXDOMAIN:
            raise NameMissing("the name does not exist") from None
        except (dns.exception.Timeout, TimeoutError):
            raise LookupFailed("the name servers did not answer in time") from None
        except dns.resolver.NoNameservers:
            raise LookupFailed("the name servers could not answer") from None
        except (dns.exception.DNSException, OSError, ValueError):
            raise LookupFailed("the name could not be looked up") from None

    def _followed(self, name: str, kind: str) -> list[Any]:
        """A recursive server returns the whole chain; one that does not is asked for the next name."""
        from dns.name import from_text

        resolver, target, cnames = self._resolver(), from_text(name), 0
        while True:
            answer = self._asked(resolver, target, kind)
            cnames += len(answer.chaining_result.cnames)
            if cnames > _MOST_CNAMES:
                raise LookupFailed(f"the name leads through more than {_MOST_CNAMES} CNAME records")
            if answer.rrset is not None or answer.canonical_name == target:
                return list(answer.rrset or ())
            target = answer.canonical_name

    def _asked(self, resolver: "Resolver", target: Any, kind: str) -> "Answer":
        lifetime = min(_LONGEST_SECONDS, self.countdown.left())
        return resolver.resolve(target, kind, raise_on_no_answer=False, lifetime=lifetime, search=False)

    def _resolver(self) -> "Resolver":
        from dns.nameserver import Do53Nameserver
        from dns.resolver import Resolver

        resolver = Resolver(configure=not self.servers)
        resolver.use_edns(0, 0, _PAYLOAD)
        if self.servers:
            resolver.nameservers = [Do53Nameserver(each.address, each.port) for each in self.servers]
        return resolver
