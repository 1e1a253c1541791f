"""Cookies of the API on plain http: browsers take `__Host-` and Secure over TLS only.

The API sets and reads `__Host-certctl`. A browser gets `certctl-8080` in its place: cookies of one host are
shared by all its ports, so that two stacks of this machine would sign each other out.
"""

_PREFIX = "__Host-"


def for_browser(set_cookie: str, port: int) -> str:
    """A `Set-Cookie` of the API as the browser gets it."""
    pair, *attributes = set_cookie.split("; ")
    name, _, value = pair.partition("=")
    if not name.startswith(_PREFIX):
        return set_cookie
    kept = [attribute for attribute in attributes if attribute.lower() != "secure"]
    return "; ".join([f"{name.removeprefix(_PREFIX)}-{port}={value}", *kept])


def for_api(cookie: str, port: int) -> str:
    """A `Cookie` header of the browser as the API gets it: only the cookies of this port."""
    pairs = (pair.strip().partition("=") for pair in cookie.split(";"))
    own = f"-{port}"
    return "; ".join(
        f"{_PREFIX}{name.removesuffix(own)}={value}" for name, _, value in pairs if name.endswith(own)
    )
