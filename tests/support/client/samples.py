"""Responses of a server that has one record of each kind, made from the types of the API."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from certctl_client.api import operations
from certctl_client.api.operation import Operation
from tests.support.client.server import Asked, Reply, json_reply, problem

_PREFERRED = ("Completed", "completed", "finished", "done", "ready", "Slack", "ACME", "NGINX")
SERIAL = "2b7bd90a620550c97f716347f57d1b956a870880"
_TIME = "2026-11-24T13:00:00Z"
_PAGE = {"next_cursor": None, "per_page": 100}


KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server.example.com")])


@cache
def certificate_pem() -> bytes:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 1, now, now + timedelta(1))
    return builder.sign(KEY, SHA256()).public_bytes(Encoding.PEM)


def crl_pem() -> bytes:
    """A CRL with the serial 7."""
    now = datetime.now(UTC)
    revoked = x509.RevokedCertificateBuilder(7, now).build()
    builder = x509.CertificateRevocationListBuilder(
        NAME, now, now + timedelta(1), revoked_certificates=[revoked]
    )
    return builder.sign(KEY, SHA256()).public_bytes(Encoding.PEM)


def every_operation() -> Iterator[Operation[Any]]:
    return (each for each in vars(operations).values() if isinstance(each, Operation))


def sampled(asked: Asked) -> Reply:
    """Responds as the document says; each text is named for its field: `the-certificate_id`."""
    for operation in sorted(every_operation(), key=lambda each: each.path.count("{")):
        pattern = re.sub(r"\{\w+\}", "[^/]+", operation.path)
        if operation.method == asked.method and re.fullmatch(pattern, asked.path):
            return _reply(operation)
    return problem(404, f"{asked.method} {asked.path}")


def _reply(operation: Operation[Any]) -> Reply:
    if operation.response is NoneType:
        return Reply(204)
    if operation.response is str:
        return Reply(200, certificate_pem())
    record = sample(operation.response)
    return json_reply({"data": [record], **_PAGE} if operation.is_list else record)


def sample(kind: Any, name: str = "") -> Any:
    """A value of a type; of a field if it has a name."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is NotRequired:
        return sample(arguments[0], name)
    if origin in (Union, UnionType):
        return sample(next(each for each in arguments if each is not NoneType), name)
    if origin is Literal:
        return next((each for each in arguments if each in _PREFERRED), arguments[0])
    if origin is list:
        return [sample(arguments[0], name)]
    if origin is dict or kind is dict:
        return {}
    return _plain(kind, name)


def _plain(kind: Any, name: str) -> Any:
    if kind is str or kind is Any:
        return SERIAL if name == "serial_number" else _TIME if _is_time(name) else f"the-{name}"
    if kind in (int, float, bool):
        return kind(0)
    hints = get_type_hints(kind, include_extras=True)
    return {field: sample(each, field) for field, each in hints.items()} | _without_more(hints)


def _is_time(name: str) -> bool:
    return name.endswith(("_at", "_by", "_update", "deadline", "not_before", "not_after", "timestamp"))


def _without_more(hints: dict[str, Any]) -> dict[str, Any]:
    """Pages inside records end, too."""
    return {"next_cursor": None} if "next_cursor" in hints else {}
