"""Completes each operation of the document: errors, entity tags, texts, tags, examples."""

import json
from collections.abc import Mapping
from typing import Any

from certctl.api.identity.token_schemas import token_error
from certctl.api.insights.exposition import MEDIA_TYPE as EXPOSITION
from certctl.api.problems import MEDIA_TYPE, problem_of
from certctl.api.query import LONGEST_SEGMENT, LONGEST_VALUE
from certctl.api.request import FORM
from certctl.api.resolver import Route
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import (
    BodyTooLarge,
    Conflict,
    DomainError,
    Forbidden,
    GrantRefused,
    InvalidInput,
    MalformedRequest,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from certctl.domain.identity.exchanged_tokens import GrantError
from tests.support.api.examples import NO_SAMPLE, Examples
from tests.support.api.samples import PEM, SAMPLES

TAGS = {
    "api-keys": "Keys of the API: their role, their teams, their end.",
    "audit": "Who did what: the trail, its seals, and what proves them.",
    "auth": "Sessions of people, and short-lived credentials for machines.",
    "authorities": "The CAs of the stack: their certificates, chains, CRLs and rotation.",
    "campaigns": "The versions of many certificates are replaced where they are served, then revoked.",
    "certificates": "Managed certificates: asked for, read, renewed, revoked.",
    "channels": "Where alerts go.",
    "crl": "What the CRLs list.",
    "acme": "The ACME server: EAB keys, and the ACME accounts and orders of its clients.",
    "endpoints": "Where certificates are served, and whether it is the right one.",
    "inventory": "Certificates that were found, of any issuer: where they are, and who reports them.",
    "jobs": "Issuance and renewal under way, and what became of them.",
    "keys": "What one public key is used for.",
    "metrics": "The same numbers for Prometheus.",
    "notifications": "Alerts: their deliveries, and the dead letters.",
    "openapi": "This document.",
    "public": "What anyone may call.",
    "routing": "Which alerts go to which channels, and which are muted.",
    "stats": "The fleet in numbers.",
    # of the catalog
    "agent": "What agents call, with keys of their own.",
    "access-rules": "Which people of an identity provider have which role.",
    "agents": "Deployment agents on hosts.",
    "identity-providers": "Whose tokens can be exchanged.",
    "issuers": "What certificates are issued by.",
    "owners": "Who answers for a certificate.",
    "policies": "What may be asked for, and what breaks the rules.",
    "profiles": "What a leaf carries, and for how long it is valid.",
    "renewal-policies": "When certificates are renewed and alerted of.",
    "service-accounts": "Machines with keys and tokens of their own.",
    "targets": "Where certificates are deployed.",
    "teams": "Who may reach what.",
    "trust-rules": "Which tokens act as which service account.",
    "users": "People, and what they may do.",
}
_EXPOSED = (
    "# HELP certctl_job_pending Jobs that have not ended.\n# TYPE certctl_job_pending gauge\n"
    "certctl_job_pending 3\n"
)
# Handlers that respond with text: its media type, and an example.
TEXTS: Mapping[str, tuple[str, Any]] = {
    "export_pem": ("application/x-pem-file", PEM + PEM),
    "get_audit_seal_key": (
        "application/x-pem-file",
        "-----BEGIN PUBLIC KEY-----\nMFkw...\n-----END PUBLIC KEY-----\n",
    ),
    "export_audit_events": ("application/jsonl", '{"event":"{...}","proof":null}\n'),
    "list_sealed_events": ("application/jsonl", '{"event":"{...}","proof":null}\n'),
    "get_prometheus_metrics": (EXPOSITION, _EXPOSED),
    "get_audit_seal": ("application/json", {"head": {"seq": 288}, "signature": "MEUCIQD..."}),
    "openapi": ("application/json", {"openapi": "3.1.0"}),
    "acme_challenge": (
        "text/plain",
        "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI",
    ),
}
_OF_CATALOG = (f"{verb}_{kind.label}" for kind in Kind for verb in ("edit", "delete"))
IF_MATCH = frozenset(
    {
        "edit_certificate",
        "archive_certificate",
        "edit_channel",
        "save_routing_rule",
        "retire_agent",
        "edit_eab_key",
        "delete_eab_key",
        *_OF_CATALOG,
    }
)
"""Handlers that heed If-Match."""
UNAUTHENTICATED = frozenset({"register_with_token"})
"""Handlers for anyone that a token may yet refuse."""
MISSING = frozenset(
    {"create_certificate", "create_target", "register_agent", "create_bootstrap_token", "create_mute"}
    | {"preview_routing", "preview_access", "list_api_keys"}
    | {"list_revocations", "send_heartbeat", "rotate_agent_key", "list_work"}
    | {"list_acme_accounts", "list_acme_orders"}
    | {"begin_import", "create_endpoint", "get_inventory_readiness", "get_inventory_summary"}
)
"""Handlers with a 404 although their path has no id: for a team out of reach, an issuer, agent, provider,
account."""
LIMITED = frozenset({"test_channel"})
"""Handlers with a rate limit of their own."""
_LONGEST = {"query": LONGEST_VALUE, "path": LONGEST_SEGMENT}
_BOUNDED = frozenset({"enum", "format", "maxLength", "pattern"})
THROTTLED: Mapping[str, Any] = {
    "title": "ThrottledView",
    "description": "The gateway's own answer to a request over its limits. No function has seen the request.",
    "type": "object",
    "properties": {"message": {"type": "string", "description": "For people."}},
    "required": ["message"],
}
REQUEST_ID_HEADER: dict[str, Any] = {
    "X-Request-ID": {
        "description": "The caller's own `X-Request-ID`, if it was valid; else `request_id`.",
        "schema": {"type": "string"},
    }
}
_RETRY_AFTER: dict[str, Any] = {
    "Retry-After": {"description": "Seconds to wait before the next attempt.", "schema": {"type": "string"}}
}
_LINK: Mapping[str, Any] = {
    "description": 'The next page, as `<...>; rel="next"` (RFC 8288); absent from the last one.',
    "schema": {"type": "string"},
}
GRANT_ERRORS = ("400", "401", "413", "429", "503")
_EXPIRED = "The token has expired."
_REQUEST_ID = "JKJaXmPLvHcESHA="
# The gateway's own 429 has another form: none of ours.
PROBLEMS: Mapping[str, DomainError] = {
    "400": MalformedRequest("The body is not valid JSON."),
    "401": Unauthenticated("The API key is missing, unknown, revoked or expired."),
    "403": Forbidden("The role viewer does not have certificates:write."),
    "404": NotFound("There is no such certificate."),
    "409": Conflict("It was changed meanwhile. Read it again and repeat."),
    "413": BodyTooLarge("The body is over 1048576 bytes."),
    "422": InvalidInput.of("query.per_page", "Must be at most 500."),
    "503": Unavailable("DynamoDB did not answer in time. Try again."),
}


def problem_responses(schema: Mapping[str, str]) -> dict[str, Any]:
    """Components `Problem<status>`, with examples made by `problem_of`."""
    shown = {status: problem_of(error) for status, error in PROBLEMS.items()}
    made = {
        f"Problem{status}": {
            "description": problem.status.phrase,
            "headers": REQUEST_ID_HEADER | (_RETRY_AFTER if status == "503" else {}),
            "content": {MEDIA_TYPE: {"schema": schema, "example": problem.view(_REQUEST_ID)}},
        }
        for status, problem in shown.items()
    }
    throttled = {
        "schema": {"$ref": "#/components/schemas/ThrottledView"},
        "example": {"message": "Too Many Requests"},
    }
    limited = problem_of(TooManyRequests("This was asked for too often in this minute.", 42))
    refused = token_error(GrantRefused(GrantError.INVALID_GRANT, _EXPIRED), shown["400"], _REQUEST_ID)
    error = {
        "schema": {"$ref": "#/components/schemas/TokenErrorView"},
        "example": json.loads(refused.body or ""),
    }
    return made | {
        "TokenError": {
            "description": "A refusal as RFC 6749 section 5.2 has it; 429 and 503 are worth another attempt",
            "headers": REQUEST_ID_HEADER | _RETRY_AFTER,
            "content": {"application/json": error},
        },
        "Throttled": {
            "description": "Too many requests: the gateway's own answer",
            "content": {"application/json": throttled},
        },
        "Limited": {
            "description": "Too many requests, of this one or of all: the gateway's own answer then",
            "headers": _RETRY_AFTER,
            "content": {
                "application/json": throttled,
                MEDIA_TYPE: {"schema": schema, "example": limited.view(_REQUEST_ID)},
            },
        },
    }


def complete(operation: dict[str, Any], route: Route, examples: Examples) -> None:
    """Adds to the operation, in place, the facts from its route and schemas."""
    _state_texts(operation, route)
    _state_lengths(operation)
    if route.refused_as is not None:
        _state_grant(operation)
    else:
        _state_problems(operation, route)
    if route.permission is not None:
        _state_entity_tags(operation, route)
    _give_examples(operation, examples)


def _state_problems(operation: dict[str, Any], route: Route) -> None:
    for status in _errors(operation, route):
        operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    throttled = "Limited" if route.handler in LIMITED else "Throttled"
    operation["responses"]["429"] = {"$ref": f"#/components/responses/{throttled}"}


def _state_grant(operation: dict[str, Any]) -> None:
    """The token endpoint takes a form, too, and has errors of its own."""
    content = operation["requestBody"]["content"]
    content[FORM] = {"schema": dict(content["application/json"]["schema"])}
    for status in GRANT_ERRORS:
        operation["responses"][status] = {"$ref": "#/components/responses/TokenError"}


def _errors(operation: Mapping[str, Any], route: Route) -> list[str]:
    writes = route.method != "GET"
    applies = {
        "400": "requestBody" in operation,
        "401": route.permission is not None or route.handler in UNAUTHENTICATED,
        "403": route.permission is not None,
        "404": "<" in route.path or route.handler in MISSING,
        "409": writes,
        "413": "requestBody" in operation,
        "422": bool(operation.get("parameters")) or "requestBody" in operation,
        "503": True,
    }
    return [status for status, is_answered in applies.items() if is_answered]


def _state_texts(operation: dict[str, Any], route: Route) -> None:
    """A handler that responds with text has no schema of its own."""
    if route.handler in TEXTS:
        media_type, example = TEXTS[route.handler]
        kind = "string" if isinstance(example, str) else "object"
        content = {"schema": {"type": kind}, "example": example}
        operation["responses"]["200"]["content"] = {media_type: content}


def _state_lengths(operation: Mapping[str, Any]) -> None:
    """States the lengths of texts that the edge bounds for all routes."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        for choice in schema.get("anyOf", [schema]):
            if choice.get("type") == "string" and not _BOUNDED & choice.keys():
                choice |= {"minLength": 1, "maxLength": _LONGEST[parameter["in"]]}


def _state_entity_tags(operation: dict[str, Any], route: Route) -> None:
    parameters = operation.setdefault("parameters", [])
    if route.handler in IF_MATCH:
        parameters.append(_header("If-Match", "The ETag of the record as it was read: else 409.", '"7"'))
    if route.method != "GET" or "200" not in operation["responses"]:
        return
    parameters.append(
        _header("If-None-Match", "ETags that are known: 304 where one still holds.", '"7-9f86"')
    )
    tag = {"description": "Begins with the record's revision, if it has one.", "schema": {"type": "string"}}
    is_paged = any(parameter["name"] == "cursor" for parameter in parameters)
    operation["responses"]["200"]["headers"] = {"ETag": tag} | ({"Link": _LINK} if is_paged else {})
    operation["responses"]["304"] = {"description": "Not modified", "headers": {"ETag": tag}}


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string"}
    where = {"name": name, "in": "header", "required": False}
    return where | {"description": description, "schema": schema, "example": example}


def _give_examples(operation: dict[str, Any], examples: Examples) -> None:
    for parameter in operation.get("parameters", []):
        sample = SAMPLES.get(parameter["name"], NO_SAMPLE)
        if parameter["in"] == "path" and sample is not NO_SAMPLE:
            parameter.setdefault("example", sample)
    answers = [r for status, r in operation["responses"].items() if status.startswith("2")]
    for described in (operation.get("requestBody", {}), *answers):
        for content in described.get("content", {}).values():
            if "example" not in content:
                content["example"] = examples.of(content["schema"])
