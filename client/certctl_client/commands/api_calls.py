"""`certctl api`: any request of the API, with your key."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import typer

from certctl_client.api.paths import PREFIX
from certctl_client.catalog.bodies import STANDARD_INPUT
from certctl_client.errors import ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.output import Format, Listing, Plain, show
from certctl_client.session import open_api

_METHODS = ("GET", "POST", "PUT", "DELETE")
_IN_THE_QUERY = ("GET", "DELETE")
_LONGEST_BODY = 1024 * 1024


def call(
    request: Annotated[
        list[str], typer.Argument(metavar="[METHOD] PATH", help="/certificates, or POST /certificates.")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            "-f",
            help="NAME=VALUE, JSON or text: of the query for GET and DELETE, else of the body. Repeatable.",
        ),
    ] = None,
    body: Annotated[
        Path | None, typer.Option("--input", help="The body in JSON; - is standard input.", dir_okay=False)
    ] = None,
    paginate: Annotated[bool, typer.Option("--paginate", help="Every page of a list, as one list.")] = False,
) -> None:
    """Send any request of the API with your key, and print the response.

    docs/openapi.json describes the paths; /api/v1 may be left out. Without a METHOD it is GET, or POST if
    there are fields or a body.
    """
    values = fields_of(field or ())
    method, path, query = _parsed(request, bool(values or body))
    if method in _IN_THE_QUERY:
        query, values = {**query, **values}, {}
    if paginate and method != "GET":
        raise ConfigurationError("--paginate is for lists.", "Leave it out, or use GET.")
    with open_api() as api:
        if paginate:
            return show(Listing(api.records(path, {"per_page": 500, **query}), {}), Format.JSON)
        response = api.request(method, path, query, _body(method, values, body), str(uuid4()))
    if response.content:
        show(Plain(_value_of(response.text)), Format.JSON)


def fields_of(texts: Sequence[str]) -> dict[str, Any]:
    """Parses `limit=5`, `tags={"a":"b"}`, `name=www`. Raises ConfigurationError."""
    pairs = [text.partition("=") for text in texts]
    if wrong := next((name for name, equals, _ in pairs if not name or not equals), None):
        raise ConfigurationError(f"{wrong!r} has no value.", "Use -f name=value.")
    return {name: _value_of(value) for name, _, value in pairs}


def _parsed(request: Sequence[str], has_body: bool) -> tuple[str, str, dict[str, Any]]:
    """The method, the path and the query. Raises ConfigurationError."""
    *methods, address = request
    method = methods[0].upper() if methods else "POST" if has_body else "GET"
    if len(request) > 2 or method not in _METHODS:
        raise ConfigurationError("The request is not [METHOD] PATH.", f"METHOD is {', '.join(_METHODS)}.")
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:  # the key would be sent to another server
        raise ConfigurationError(f"{address} is no path.", "Give a path, such as /certificates.")
    path = f"/{parts.path.lstrip('/')}"
    is_whole = path.startswith((f"{PREFIX}/", "/.well-known/"))
    return method, path if is_whole else f"{PREFIX}{path}", dict(parse_qsl(parts.query))


def _body(method: str, values: dict[str, Any], file: Path | None) -> dict[str, Any] | None:
    """The fields over those of the file. Raises ConfigurationError."""
    if file is None:
        return None if method in _IN_THE_QUERY else values
    text = typer.get_text_stream("stdin").read(_LONGEST_BODY) if file == STANDARD_INPUT else _text_of(file)
    read = _value_of(text)
    if not isinstance(read, dict):
        raise ConfigurationError("The body is no JSON object.", 'Give one such as {"reason": "superseded"}.')
    return {**read, **values}


def _text_of(file: Path) -> str:
    return read_bounded(file, _LONGEST_BODY).decode(errors="replace")


def _value_of(text: str) -> Any:
    """The parsed JSON if the text is JSON, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
