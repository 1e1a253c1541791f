"""What a request's way tells: whether it came by CloudFront, from which address, and from our own page.

The distribution sends a secret, and the viewer's address in a header that no viewer can set (ADR 23).
X-Forwarded-For is never read: API Gateway forwards what the caller wrote into it.

A browser sends the cookie of a session by itself, also when a page of another origin makes the request. So
the cookie counts only in requests that such a page cannot make: with a header that a browser sends to another
origin only after that allowed it (Fetch Standard, CORS), which this API never does; and from our own origin,
if the browser tells where the request comes from (Fetch Metadata). See ADR 39.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from certctl.domain.errors import Forbidden

ORIGIN_HEADER = "x-certctl-origin"
CLIENT_HEADER = "x-certctl-client"
COOKIE = "__Host-certctl"
"""The prefix: browsers take it over TLS only, from this host alone, for all its paths (RFC 6265bis)."""
REQUEST_HEADER = "x-certctl-request"
_WANTED = "1"
_BLANKS = " \t"
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"

Cookies = Mapping[str, tuple[str, ...]]


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


def authorization_of(headers: Mapping[str, str], cookies: Cookies) -> str | None:
    """The `Authorization` header. Only without one, the session in the cookie in the same form. Names of
    `headers` are in lower case. Raises Forbidden for a cookie in a request that another page may have
    made, or if there are two."""
    sent = headers.get("authorization")
    # ADR 39: the header wins, so that a program never acts as the person whose cookie is beside it.
    if sent is not None:
        return sent
    # not at import: a function without keys reads none
    from certctl.domain.access.credentials import is_session_text

    text = only_cookie(cookies, COOKIE) or ""
    if not is_session_text(text):
        return None
    require_own_page(headers)
    return f"Bearer {text}"


def require_own_page(headers: Mapping[str, str]) -> None:
    """Names of `headers` are in lower case. Raises Forbidden."""
    # ADR 39: a page of another origin can send this header only after a preflight, which the API refuses.
    if headers.get(REQUEST_HEADER) != _WANTED:
        raise Forbidden("A request with the cookie of a session needs the header X-Certctl-Request: 1.")
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden("The cookie of a session counts in requests of the dashboard's own pages only.")


def session_cookie(text: str, expires_at: datetime, now: datetime) -> str:
    """The value of `Set-Cookie`."""
    return f"{COOKIE}={text}; Max-Age={max(0, int((expires_at - now).total_seconds()))}; {_ATTRIBUTES}"


def ended_cookie() -> str:
    """Makes the browser forget the cookie."""
    return f"{COOKIE}=; Max-Age=0; {_ATTRIBUTES}"


def parse_cookies(sent: list[str]) -> Cookies:
    """The values by name. Only spaces and tabs around a name are blanks (RFC 6265 section 5.2): a browser
    takes `__Host-certctl` after any other blank for another name, which every host of the domain may set."""
    pairs = (part.strip(_BLANKS).partition("=") for line in sent for part in line.split(";"))
    found: dict[str, tuple[str, ...]] = {}
    for name, _, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found


def only_cookie(cookies: Cookies, name: str) -> str | None:
    """The value of the only cookie of that name; None without one. Raises Forbidden for two: a browser has
    one cookie of a name with the prefix `__Host-`, so that the other one is of another site."""
    values = cookies.get(name, ())
    # ADR 41: the prefix and a single occurrence are all that bind the cookie to the browser.
    if len(values) > 1:
        raise Forbidden(
            f"The request has {len(values)} cookies {name}, of which another site may have set one: delete "
            "the cookies of this site in the browser, then sign in again."
        )
    return values[0] if values else None
