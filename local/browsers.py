"""Which of a browser's requests the front door takes: other pages of the same browser reach its port, too.

Fetch Metadata (W3C) tells who asks; a browser that does not send it sends Origin with what writes; and by
DNS rebinding a page of another host can only ask for that host.
"""

from collections.abc import Mapping

# The last one is this machine, seen from a container (docs/sam-local.md).
_NAMES = ("127.0.0.1", "localhost", "host.docker.internal")
# An ACME server asks for it by the name that it validates (RFC 8555 section 8.3); it is public.
_OF_ANY_HOST = "/.well-known/acme-challenge/"


def refusal(method: str, path: str, headers: Mapping[str, str], port: int) -> str:
    """Why this request is refused; empty if it is accepted. Header names are case-insensitive."""
    # Some programs leave the port out (OpenSSL's, for CRLs): what a page may not choose is the name.
    is_own = headers.get("Host", "").partition(":")[0] in _NAMES
    if not (is_own or path.startswith(_OF_ANY_HOST)):
        return f"This is http://127.0.0.1:{port}, and answers to no other host."
    own = {f"http://{name}:{port}" for name in _NAMES}
    if headers.get("Origin", f"http://{_NAMES[0]}:{port}") not in own:
        return "Pages of other origins may not use this stack."
    is_ours = headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    if not (is_ours or _follows_a_link(method, headers)):
        return "Pages of other sites may link here, and no more."
    return ""


def _follows_a_link(method: str, headers: Mapping[str, str]) -> bool:
    wanted = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")
    return method == "GET" and wanted == ("navigate", "document")


def acme_refusal(headers: Mapping[str, str]) -> str:
    """Why the ACME server's port refuses this request; empty if it accepts it. A web page is no ACME client:
    what one sends, or asks for by another host's name, goes no further."""
    if headers.get("Host", "").partition(":")[0] not in _NAMES[:2]:
        return "This is the ACME server of localhost, and answers to no other host."
    is_linked = headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    return "" if is_linked and "Origin" not in headers else "Web pages may not use this ACME server."
