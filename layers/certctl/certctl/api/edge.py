"""Requests through the stack's own CloudFront distribution, and the caller's address.

The distribution sends a secret, and the viewer's address in a header that no viewer can set (ADR 23).
X-Forwarded-For is never read: API Gateway forwards what the caller wrote into it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

ORIGIN_HEADER = "x-certctl-origin"
CLIENT_HEADER = "x-certctl-client"


@dataclass(frozen=True)
class Edge:
    """`secrets`: the current secret of the distribution, and during a rotation the other one."""

    secrets: tuple[str, ...]
    is_only_way: bool

    def admits(self, headers: Mapping[str, str]) -> bool:
        """Whether a request may pass, from any sender."""
        return not self.is_only_way or self._is_passed_on(headers)

    def source_of(self, headers: Mapping[str, str], gateway_source: str) -> str:
        """The caller's address; `gateway_source` is the address that connected to the gateway."""
        if not self._is_passed_on(headers):
            return gateway_source
        try:
            return str(ip_address(headers.get(CLIENT_HEADER, "")))
        except ValueError:
            return gateway_source

    def _is_passed_on(self, headers: Mapping[str, str]) -> bool:
        shown = headers.get(ORIGIN_HEADER, "").encode(errors="surrogatepass")
        return any(hmac.compare_digest(shown, secret.encode()) for secret in self.secrets)
