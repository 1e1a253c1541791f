"""The edge of every API function: each route names its permission; every response, refusals too, is audited.

Order of a request: way (direct or by CloudFront), authentication (or the route's own credential), permission,
body, form (422), Idempotency-Key, handler. Powertools' own `enable_validation` would check the form first,
and describe routes to callers without a key.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
)

from certctl import snapshots  # noqa: F401  # registers its hook when the function is initialized
from certctl.api.edge import Edge
from certctl.api.idempotency import HEADER, Replay, run_once
from certctl.api.pagination import link_next
from certctl.api.preconditions import compressed, conditional
from certctl.api.problems import MOST_ERRORS, OPEN_ERRORS, UNKNOWN_ERROR, MethodNotAllowed, problem_of
from certctl.api.query import check_names, check_path, check_values
from certctl.api.request import BODY_LIMIT, OPEN_BODY_LIMIT, Call, RefusedAs, call_of, parse_json
from certctl.domain.access.permissions import GRANTS, Permission
from certctl.domain.errors import DomainError, Forbidden, NotFound, Unauthenticated, Unavailable
from certctl.observability import count_server_error, logger

if TYPE_CHECKING:
    from certctl.domain.access.principals import Principal
    from certctl.services.audit.api_calls import ApiCallAudit
    from certctl.services.identity.authentication import Authentication
    from certctl.store.idempotency import IdempotencyStore

ANYONE = None
Method = Literal["GET", "POST", "PUT", "DELETE"]
HEALTH_PROBES = frozenset({"/health", "/ready"})
# Successful calls leave no audit row (docs/audit.md): they change nothing that anybody reads.
POLLS = frozenset({"/api/v1/agent/heartbeat", "/api/v1/agent/work"})
# Reads that must also fail for a key revoked a second ago: each can export a whole trail.
_NEVER_CACHED = frozenset({Permission.API_KEYS, Permission.AUDIT_EXPORT})
Admission = Callable[[str | None], None]
"""Checks the Authorization header of a route for anyone. Raises Unauthenticated."""
Throttle = Callable[[str, str, datetime], None]
"""Takes the handler of a route for anyone, the caller's address and the time. Raises TooManyRequests."""


@dataclass(frozen=True)
class ApiServices:
    """What every request needs. A function that accepts no keys has no `authentication`."""

    authentication: "Authentication | None"
    audit: "ApiCallAudit"
    idempotency: "IdempotencyStore"
    now: Callable[[], datetime]


@dataclass(frozen=True)
class Route:
    """`path` has its parameters as `<name>`. `permission` is None if anyone may call. `handler` is the
    handler's name, the operation id of the OpenAPI document. `admission`: the credential of a route for
    anyone, in place of a key. `refused_as`: the form of its errors, if they are no problem documents.
    `open_body_limit`: of bodies of callers without a key; `body_limit`: of others."""

    method: Method
    path: str
    permission: Permission | None
    replay: Replay | None = None
    handler: str = ""
    admission: Admission | None = None
    refused_as: RefusedAs | None = None
    open_body_limit: int = OPEN_BODY_LIMIT
    body_limit: int = BODY_LIMIT

    def matches(self, path: str) -> bool:
        return re.fullmatch(re.sub(r"<\w+>", "[^/]+", self.path), path) is not None


class Api:
    """Routes of one function. `services` and `edge` are called at requests, never at import."""

    def __init__(
        self,
        services: Callable[[], ApiServices],
        edge: Callable[[], Edge],
        throttle: Throttle | None = None,
    ) -> None:
        self._services = services
        self._edge = edge
        self._throttle = throttle
        self._routes: dict[tuple[str, str], Route] = {}
        self.resolver = APIGatewayHttpResolver(json_body_deserializer=parse_json)
        self.resolver.use([self._admit, OpenAPIRequestValidationMiddleware(), self._run_once])
        self.resolver.exception_handler(Exception)(self._refuse)

    @property
    def routes(self) -> tuple[Route, ...]:
        return tuple(self._routes.values())

    @property
    def caller(self) -> "Principal":
        """The caller of the current request. Raises Unauthenticated on a route for anyone."""
        caller = self._call.caller
        if caller is None:
            raise Unauthenticated("This request carries no key.")
        return caller

    @property
    def call(self) -> Call:
        """The current request."""
        return self._call

    def at_revision[V](self, revision: int, view: V) -> V:
        """The view of a record, whose ETag then begins with its revision: `If-Match` compares it."""
        self._call.revision = revision
        return view

    def get[F: Callable[..., Any]](
        self, path: str, permission: Permission | None, **documentation: Any
    ) -> Callable[[F], F]:
        return self._route(Route("GET", path, permission), documentation)

    def post[F: Callable[..., Any]](
        self,
        path: str,
        permission: Permission | None,
        replay: Replay | None = None,
        admission: Admission | None = None,
        **documentation: Any,
    ) -> Callable[[F], F]:
        """Pass `replay` if the route creates: it then takes an Idempotency-Key."""
        return self._route(Route("POST", path, permission, replay, admission=admission), documentation)

    def post_form[F: Callable[..., Any]](
        self, path: str, refused_as: RefusedAs, open_body_limit: int, **documentation: Any
    ) -> Callable[[F], F]:
        """A route for anyone whose protocol has its own form of bodies and errors."""
        route = Route("POST", path, ANYONE, refused_as=refused_as, open_body_limit=open_body_limit)
        return self._route(route, documentation)

    def put[F: Callable[..., Any]](
        self, path: str, permission: Permission | None, body_limit: int = BODY_LIMIT, **documentation: Any
    ) -> Callable[[F], F]:
        return self._route(Route("PUT", path, permission, body_limit=body_limit), documentation)

    def delete[F: Callable[..., Any]](
        self, path: str, permission: Permission | None, **documentation: Any
    ) -> Callable[[F], F]:
        return self._route(Route("DELETE", path, permission), documentation)

    def handle(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Handles an event of an HTTP API (payload 2.0). Never raises."""
        started = time.monotonic()
        call = call_of(event, self._edge())
        self.resolver.append_context(call=call)
        response = compressed(conditional(self._resolve(call, event, context), call), call)
        shown = {"X-Request-ID": call.callers_id or call.request_id}
        response["headers"] = _defaults(call) | response["headers"] | shown
        if call.set_cookies and response["statusCode"] < HTTPStatus.BAD_REQUEST:
            response["cookies"] = call.set_cookies
        if call.is_head:
            response |= {"body": "", "isBase64Encoded": False}
        count_server_error(response["statusCode"])
        self._record(call, response["statusCode"], int((time.monotonic() - started) * 1000))
        return response

    @property
    def _call(self) -> Call:
        call: Call = self.resolver.context["call"]
        return call

    def _route[F: Callable[..., Any]](self, route: Route, documentation: dict[str, Any]) -> Callable[[F], F]:
        access = {"x-permission": route.permission or "anyone"}

        def register(handler: F) -> F:
            name = handler.__name__
            self._routes[route.method, route.path] = replace(route, handler=name)
            return self.resolver.route(
                route.path, route.method, operation_id=name, openapi_extensions=access, **documentation
            )(handler)

        return register

    def _resolve(self, call: Call, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        try:
            return self.resolver.resolve(call.as_json_event(event), context)
        except Exception as error:  # a response that cannot be serialised gets here
            response = self._refusal_of(error, call)
            return {"statusCode": response.status_code, "headers": response.headers, "body": response.body}

    def _admit(self, app: APIGatewayHttpResolver, proceed: Callable[..., Response[Any]]) -> Response[Any]:
        call = self._call
        if not self._edge().admits(call.headers):
            raise Forbidden("The API takes no direct requests: use the host name of the dashboard.")
        route = self._route_at_hand(app)
        if route is None and call.method == "OPTIONS":
            return self._options(call)
        if route is None:
            self._identify(call)
            raise self._absent(call)
        call.refused_as = route.refused_as
        if route.permission is not None:
            call.caller = self._authenticated(call, route.permission)
            if call.caller.scope_of(route.permission) is None:
                raise Forbidden(_lack_of(call.caller, route.permission))
            taken = (parameter.alias for parameter in app.context["_route"].dependant.query_params)
            check_names(app.current_event.query_string_parameters, taken)
            check_values(app.current_event.query_string_parameters)
        else:
            self._admit_anyone(route, call)
        check_path(call.path)
        call.check_body(route.open_body_limit if call.caller is None else route.body_limit)
        response = proceed(app)
        if route.method == "GET":
            link_next(response, call.path, app.current_event.query_string_parameters)
        return response

    def _admit_anyone(self, route: Route, call: Call) -> None:
        if self._throttle is not None:
            self._throttle(route.handler, call.source_ip, self._services().now())
        if route.admission is not None:
            route.admission(call.headers.get("authorization"))

    def _run_once(self, app: APIGatewayHttpResolver, proceed: Callable[..., Response[Any]]) -> Response[Any]:
        route = self._route_at_hand(app)
        if route is None or route.replay is None or HEADER not in self._call.headers:
            return proceed(app)
        services = self._services()
        return run_once(services.idempotency, self._call, route.replay, lambda: proceed(app), services.now())

    def _route_at_hand(self, app: APIGatewayHttpResolver) -> Route | None:
        """The route of this call; None if Powertools made up a route for an unknown path."""
        route = app.context["_route"]
        return self._routes.get((route.method, route.path))

    def _authenticated(self, call: Call, permission: Permission) -> "Principal":
        authentication = self._services().authentication
        if authentication is None:
            raise Unauthenticated("This function knows no keys.")
        if call.method != "GET" or permission in _NEVER_CACHED:
            return authentication.authenticate_uncached(call.authorization)
        return authentication.authenticate(call.authorization)

    def _identify(self, call: Call) -> None:
        """Finds the caller for the audit row of an unknown route; the response is the same without a key."""
        authentication = self._services().authentication
        if authentication is None:
            return
        with suppress(Unauthenticated, Forbidden, Unavailable):
            call.caller = authentication.authenticate(call.authorization)

    def _options(self, call: Call) -> Response[None]:
        """204 with the methods of the path. Without CORS headers, so a page of another origin is refused."""
        allowed = self._allowed(call.path)
        if not allowed:
            raise NotFound("There is no such route.")
        return Response(status_code=204, headers={"Allow": ", ".join(allowed)})

    def _absent(self, call: Call) -> DomainError:
        allowed = self._allowed(call.path)
        if call.method in allowed:  # a character that Powertools takes in no path, such as a decoded "?"
            return NotFound("There is no such record.")
        return MethodNotAllowed(allowed) if allowed else NotFound("There is no such route.")

    def _allowed(self, path: str) -> list[str]:
        methods: set[str] = {route.method for route in self.routes if route.matches(path)}
        return sorted(methods | {"HEAD"} if "GET" in methods else methods)

    def _refuse(self, error: Exception) -> Response[str]:
        return self._refusal_of(error, self._call)

    def _refusal_of(self, error: Exception, call: Call) -> Response[str]:
        problem = problem_of(error)
        if problem is UNKNOWN_ERROR or isinstance(error, Unavailable):
            logger.error("request failed", exc_info=error, extra={"request_id": call.request_id})
        shown = problem.bounded(OPEN_ERRORS if call.caller is None else MOST_ERRORS)
        if call.refused_as is not None:
            return call.refused_as(error, shown, call.request_id)
        return shown.response(call.request_id)

    def _record(self, call: Call, status: int, latency_ms: int) -> None:
        """Best effort: the response is sent even if its audit row fails."""
        if call.path in HEALTH_PROBES or (call.path in POLLS and status < HTTPStatus.BAD_REQUEST):
            return
        about = {"method": call.method, "path": call.path, "status": status, "latency_ms": latency_ms}
        theirs = {"callers_request_id": call.callers_id} if call.callers_id else {}
        logger.info("request", extra=about | theirs | {"request_id": call.request_id})
        try:
            self._services().audit.record(call.with_response(status, latency_ms))
        except Exception as error:
            logger.error("audit row lost", exc_info=error, extra=about | {"request_id": call.request_id})


def _defaults(call: Call) -> dict[str, str]:
    """Default headers of a response: browsers do not guess its type, and nobody caches what was for one
    caller, such as a new key."""
    is_for_anyone = call.caller is None and call.method == "GET"
    return {"X-Content-Type-Options": "nosniff"} | ({} if is_for_anyone else {"Cache-Control": "no-store"})


def no_content() -> Response[None]:
    """204."""
    return Response(status_code=204)


def text(body: str, media_type: str) -> Response[str]:
    """200 with a text body."""
    return Response(status_code=200, content_type=media_type, body=body)


def respond(view: Mapping[str, Any], status: HTTPStatus) -> Response[str]:
    """The response of a route with several statuses."""
    return Response(status_code=status.value, content_type="application/json", body=json.dumps(view))


def redirect(url: str) -> Response[None]:
    """302, cached for a minute: the URL changes when the CA is rotated."""
    return Response(status_code=302, headers={"Location": url, "Cache-Control": "public, max-age=60"})


def _lack_of(caller: "Principal", permission: Permission) -> str:
    is_limited = any(permission in GRANTS[grant.role] for grant in caller.grants)
    whose = "actions of this key do" if is_limited else f"role {caller.role} does"
    return f"The {whose} not have {permission}."
