"""Finds certificates by their exact names, and lists them by filters that the API does not combine itself."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain, islice
from typing import Annotated, Any, cast

import typer

from certctl_client.api.certificates import INCOMPLETE
from certctl_client.api.resources import Stack
from certctl_client.api.schema import CertificateView, ListCertificatesQuery
from certctl_client.commands.choices import combinations
from certctl_client.commands.record_options import pairs_of
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.idn import as_a_labels
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS

_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")
_LOOKED_THROUGH = 100
_ENDED = ("Revoked", "Expired", "Archived", "Failed")
_EQUALITY = {field.name: field.flag for field in CERTIFICATE_FIELDS if field.filter}
"""Filters for equality with a field of a record, and their options."""
_ABSENT = 404

Named = Annotated[str, typer.Argument(metavar="ID|NAME", help="An id, or a name that one certificate has.")]
type Remark = Callable[[str], object]


@dataclass(frozen=True)
class CertificateQuery:
    """`filters` are the API's own. `statuses` and `tags` are alternatives and conditions beside them."""

    filters: Mapping[str, object]
    statuses: Sequence[str] = ()
    tags: Sequence[str] = ()
    target_id: str | None = None
    sort: str | None = None
    per_page: int = 50


def with_name(stack: Stack, name: str) -> list[CertificateView]:
    """Certificates with exactly this name or display name, in any case, of the first hundred that a search
    finds."""
    found = stack.certificates.all({"search": name, "per_page": _LOOKED_THROUGH})
    spelt = as_a_labels(name).lower()
    return [each for each in islice(found, _LOOKED_THROUGH) if {name.lower(), spelt} & _names_of(each)]


def id_of(stack: Stack, text: str) -> str:
    """The id of the certificate with this id, or of the only one with this name. Raises CommandError."""
    if _ID.fullmatch(text):
        try:
            return stack.certificates.get(text)["id"]
        except RequestFailed as refused:
            if refused.status != _ABSENT or not (found := with_name(stack, text)):
                raise
    else:
        found = with_name(stack, text)
    in_force = [each for each in found if each["status"] not in _ENDED] or found
    if len(in_force) == 1:
        return in_force[0]["id"]
    if not found:
        advice = "See `certctl certs list --search`."
        raise CommandError(f"No certificate has the id or name {text}.", advice, ExitCode.NOT_FOUND)
    ids = ", ".join(each["id"] for each in in_force)
    raise ConfigurationError(
        f"{len(in_force)} certificates have the name {text}.", f"Give one of the ids: {ids}."
    )


def same_names(stack: Stack, record: Mapping[str, Any]) -> list[str]:
    """Ids of other certificates with the record's common name that have not ended."""
    found = with_name(stack, record["common_name"])
    return [each["id"] for each in found if each["id"] != record["id"] and each["status"] not in _ENDED]


def listed(stack: Stack, query: CertificateQuery, remark: Remark) -> Iterator[CertificateView]:
    """The certificates that match all filters and one of the statuses. Raises CommandError."""
    records = _of_target(stack, query) if query.target_id else _of_statuses(stack, query, remark)
    tags = _tags(query.tags)
    return (each for each in records if all(_has_tag(each, name, value) for name, value in tags))


def _of_statuses(stack: Stack, query: CertificateQuery, remark: Remark) -> Iterator[CertificateView]:
    filters = dict(query.filters)
    if query.tags and "search" not in filters:
        if query.sort:
            raise ConfigurationError("--tag and --sort exclude each other.", "Leave one out.")
        name, value = _tags(query.tags)[0]
        filters["search"] = f"{name}={value or ''}"
        remark = _without_hints(remark)
    queries = [filters | each for each in combinations(status=query.statuses)]
    each = [stack.certificates.search(cast(ListCertificatesQuery, one), remark) for one in queries]
    return chain.from_iterable(each) if query.sort is None else _in_order(each, query.sort)


def _without_hints(remark: Remark) -> Remark:
    """Drops the hint of an empty search, which is about texts that the user did not type."""
    return lambda text: remark(text) if text == INCOMPLETE else None


def _in_order(lists: Sequence[Iterator[CertificateView]], sort: str) -> Iterator[CertificateView]:
    """Merges lists that are in this order already; certificates without the time come last."""
    is_falling, name = sort.startswith("-"), sort.removeprefix("-")

    def key(record: Mapping[str, Any]) -> tuple[bool, str]:
        value = record.get(name)
        return ((value is not None) is is_falling, value or "")

    return merge(*lists, key=key, reverse=is_falling)


def _of_target(stack: Stack, query: CertificateQuery) -> Iterator[CertificateView]:
    others = query.filters.keys() - {*_EQUALITY, "per_page"}
    if others or query.sort:
        options = ", ".join(sorted([*_EQUALITY.values(), "--status", "--tag"]))
        raise ConfigurationError(f"--target goes with {options}.", "Leave the others out.")
    exact = {name: query.filters[name] for name in _EQUALITY if name in query.filters}
    found = stack.related.certificates_of_target(str(query.target_id), {"per_page": query.per_page})
    for record in found:
        has_status = not query.statuses or record["status"] in query.statuses
        if has_status and all(record.get(name) == value for name, value in exact.items()):
            yield record


def _tags(texts: Sequence[str]) -> list[tuple[str, str | None]]:
    """Parses `cost=42`, or `cost` for any value."""
    return [
        (text, None) if "=" not in text else next(iter(pairs_of([text], "--tag").items())) for text in texts
    ]


def _has_tag(record: CertificateView, name: str, value: str | None) -> bool:
    return name in record["tags"] if value is None else record["tags"].get(name) == value


def _names_of(record: CertificateView) -> set[str]:
    """All names of a certificate in lower case, without the types of alternative names."""
    alternative = (name.partition(":")[2] for name in record["sans"])
    return {name.lower() for name in (record["name"], record["common_name"], *alternative)}
