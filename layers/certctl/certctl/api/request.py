"""One incoming request, unverified."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from certctl.api.edge import Cookies, Edge, authorization_of, parse_cookies
from certctl.crypto.audit.canonical import sha256_hex
from certctl.domain.errors import BodyTooLarge, InvalidInput, MalformedRequest

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import Response

    from certctl.api.problems import Problem
    from certctl.domain.access.principals import Principal
    from certctl.domain.audit.calls import ApiCall

type RefusedAs = Callable[[Exception, Problem, str], Response[str]]
"""Takes the error, its problem, and the request's id."""
BODY_LIMIT = 1 << 20
LARGEST_BODY = 4 << 20
"""The limit of routes that take files."""
OPEN_BODY_LIMIT = 8 << 10
"""The longest body of callers without an API key, in bytes."""
FORMS = frozenset({"/api/v1/auth/token", "/api/v1/auth/revoke"})
"""Paths that take a form, too: RFC 6749 and RFC 7009 demand it."""
FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20
_CALLERS_ID = re.compile(r"[A-Za-z0-9._:@=+/-]{1,128}")


@dataclass
class Call:
    """`caller` is set after authentication, `revision` by the handler: that of the record in the response.
    `refused_as` is the route's own form of errors, `set_cookies` what a successful response sets.
    `method` is GET for HEAD too. `request_id` is the gateway's, which nobody can choose."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    source_ip: str
    request_id: str
    cookies: Cookies = field(default_factory=dict)
    is_head: bool = False
    caller: "Principal | None" = field(default=None, compare=False)
    revision: int | None = field(default=None, compare=False)
    refused_as: RefusedAs | None = field(default=None, compare=False)
    set_cookies: list[str] = field(default_factory=list, compare=False)

    @property
    def body_sha256(self) -> str:
        return sha256_hex(self.body)

    @property
    def authorization(self) -> str | None:
        """Raises Forbidden for a cookie in a request that another page may have made, and for two of them."""
        return authorization_of(self.headers, self.cookies)

    @property
    def callers_id(self) -> str | None:
        """The `X-Request-ID` of the caller, for logs on both sides; None without a valid one."""
        given = self.headers.get("x-request-id", "")
        return given if _CALLERS_ID.fullmatch(given) else None

    def with_response(self, status: int, latency_ms: int) -> "ApiCall":
        """What the audit trail records of the request and its response."""
        from certctl.domain.audit.calls import ApiCall

        return ApiCall(
            method=self.method,
            path=self.path,
            body_sha256=self.body_sha256,
            status=status,
            latency_ms=latency_ms,
            source_ip=self.source_ip,
            user_agent=self.headers.get("user-agent", ""),
            request_id=self.request_id,
            caller=self.caller,
        )

    def check_body(self, limit: int = BODY_LIMIT) -> None:
        """Raises BodyTooLarge, MalformedRequest where it is not UTF-8."""
        if len(self.body) > limit:
            raise BodyTooLarge(f"The body is over {limit} bytes.")
        try:
            self.body.decode()
        except UnicodeDecodeError as error:
            raise MalformedRequest("The body is not UTF-8.") from error

    def as_json_event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event for the resolver. A body is JSON in UTF-8 whatever its content type: clients send charset
        parameters, and curl the type of a form."""
        text = self.body.decode(errors="replace") if len(self.body) <= LARGEST_BODY else ""
        if self.path in FORMS and self.headers.get("content-type", "").startswith(FORM):
            text = _form_as_json(text)
        headers = {**self.headers, "content-type": "application/json"}
        context = event["requestContext"]
        context = {**context, "http": {**context["http"], "method": self.method}}
        plain = {"headers": headers, "body": text or None, "isBase64Encoded": False}
        return {**event, "requestContext": context, **plain}


def call_of(event: Mapping[str, Any], edge: Edge) -> Call:
    """The call in an event of an HTTP API, payload 2.0."""
    context = event["requestContext"]
    http = context["http"]
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    method = http["method"].upper()
    return Call(
        method="GET" if method == "HEAD" else method,
        is_head=method == "HEAD",
        path=event["rawPath"],
        headers=headers,
        cookies=parse_cookies(event.get("cookies") or [headers.get("cookie", "")]),
        body=_raw_body(event),
        source_ip=edge.source_of(headers, http.get("sourceIp", "")),
        request_id=context["requestId"],
    )


def _form_as_json(text: str) -> str:
    """A field that occurs twice becomes a list, which no form of ours takes (RFC 6749 section 3.2). Empty
    fields count as omitted, as it demands."""
    try:
        fields = parse_qsl(text, strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return text
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return json.dumps({name: each[0] if len(each) == 1 else each for name, each in found.items()})


def parse_json(text: str) -> Any:
    """Strict JSON. Raises MalformedRequest, also for extensions of Python's parser; and InvalidInput for an
    array, because no route takes one and Powertools would take its only element for the body, and for half of
    a surrogate pair in any text or name, which can be neither stored nor returned."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("The body is not valid JSON.") from error
    if isinstance(value, list):
        raise InvalidInput.of("body", "must be a JSON object")
    if "\\u" in text and not _is_encodable(value):
        raise InvalidInput.of("body", "has an escape such as \\ud800 that is only half of a character")
    return value


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _raw_body(event: Mapping[str, Any]) -> bytes:
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body)
    except binascii.Error:
        return body.encode()
