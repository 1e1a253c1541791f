"""One set of routes for each kind of catalog record, from one description of the kind.

The kinds differ in their fields, never in how they are read, made, changed and deleted. Powertools
reads a handler's signature, for the form of requests and for the OpenAPI document: each handler gets that of
its kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.catalog.bodies import edited_entry, new_entry
from certctl.api.catalog.entry_bodies import EntryBody
from certctl.api.catalog.views import EntryView, entry_view, use_view, withheld_from
from certctl.api.idempotency import Replay
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import read_permission, write_permission
from certctl.domain.catalog.requests import EntryFilter

if TYPE_CHECKING:
    from certctl.services.catalog.reading import CatalogReading
    from certctl.services.catalog.records import Catalog

NamePrefix = Annotated[
    str | None, Query(min_length=1, max_length=128, description="What the name begins with, in any case.")
]
_ABOUT_IF_MATCH = (
    "With `If-Match` (the ETag as it was read) or `version` the change is refused with 409 if the record "
    "has changed since. Functions cache records for 60 seconds: a change is visible everywhere after that."
)
_ABOUT_DELETION = (
    "409 if something refers to it, with counts. It is hidden at once, and deleted a few minutes later, when "
    "no request can still use a cached copy; if one did, it is shown again. "
    "`If-Match` as at PUT."
)
_REQUIRED = Parameter.empty
Parts = Mapping[str, tuple[Any, Any]]
"""Type and default of each parameter of a handler."""


@dataclass(frozen=True)
class Resource:
    """A kind on the wire. `filters` are the query parameters that its list takes beside `name`."""

    kind: Kind
    path: str
    body: type[EntryBody]
    view: type[EntryView]
    filters: Mapping[str, Any]

    @property
    def label(self) -> str:
        return self.kind.label

    @property
    def words(self) -> str:
        return self.label.replace("_", " ")

    @property
    def entry_id(self) -> str:
        """The name of the path parameter."""
        return f"{self.label}_id"

    @property
    def collection(self) -> str:
        return f"/api/v1/{self.path}"

    @property
    def one(self) -> str:
        return f"{self.collection}/<{self.entry_id}>"

    @property
    def tags(self) -> list[str]:
        return [self.path]


class CatalogRoutes:
    """`reading` and `catalog` are called at requests, never at import."""

    def __init__(
        self,
        api: Api,
        reading: "Callable[[], CatalogReading]",
        catalog: "Callable[[], Catalog]",
        now: Callable[[], Any],
    ) -> None:
        self._api = api
        self._reading = reading
        self._catalog = catalog
        self._now = now

    def add_all(self, resource: Resource) -> None:
        self.add_reading(resource)
        self.add_creating(resource)
        self.add_editing(resource)
        self.add_deleting(resource)

    def add_reading(self, resource: Resource) -> None:
        self._add_list(resource)
        self._add_one(resource)

    def _add_list(self, resource: Resource) -> None:
        def read_list(per_page: int, cursor: str | None, **filters: Any) -> Any:
            return self._page(resource.kind, EntryFilter(**filters), per_page, cursor)

        name = f"list_{resource.path.replace('-', '_')}"
        filters: Parts = {name: (kind, None) for name, kind in resource.filters.items()}
        paging: Parts = {"per_page": (PerPage, DEFAULT_PER_PAGE), "cursor": (Cursor, None)}
        view = PageView[resource.view]  # type: ignore[name-defined]  # a type of the resource, at run time
        self._api.get(
            resource.collection,
            read_permission(resource.kind),
            summary=f"List {resource.path.replace('-', ' ')} by id, or by name if one is given",
            tags=resource.tags,
        )(_signed(read_list, name, view, {"name": (NamePrefix, None), **filters, **paging}))

    def _add_one(self, resource: Resource) -> None:
        def read_one(**path: str) -> Any:
            found = self._reading().get(self._api.caller, resource.kind, path[resource.entry_id])
            return {**self.shown(found), **use_view(self._reading().issues_today(found))}

        self._api.get(
            resource.one,
            read_permission(resource.kind),
            summary=f"Read a record: {resource.words}",
            tags=resource.tags,
        )(_signed(read_one, f"get_{resource.label}", resource.view, {resource.entry_id: (str, _REQUIRED)}))

    def _page(self, kind: Kind, wanted: EntryFilter, per_page: int, cursor: str | None) -> Any:
        """A page, with the total if it is the whole list: otherwise it would have to be counted."""
        position = decode_cursor(cursor, "after")
        after = position["after"] if position else None
        page = self._reading().page(self._api.caller, kind, wanted, after, per_page)
        following = {"after": page.next_after} if page.next_after else None
        views = [self._view(entry) for entry in page.entries]
        is_whole = position is None and following is None
        return page_view(views, following, per_page, len(views) if is_whole else None)

    def add_creating(self, resource: Resource) -> None:
        def create(body: Any) -> Any:
            return self.shown(self._catalog().create(self._api.caller, resource.kind, new_entry(body)))

        self._api.post(
            resource.collection,
            write_permission(resource.kind),
            Replay.ANSWER,
            summary=f"Make a record: {resource.words}",
            tags=resource.tags,
            status_code=201,
        )(_signed(create, f"create_{resource.label}", resource.view, {"body": (resource.body, _REQUIRED)}))

    def add_editing(self, resource: Resource) -> None:
        def edit(body: Any, **path: str) -> Any:
            entry_id = path[resource.entry_id]
            wanted = edited_entry(body, entry_id, expected_revision(self._api.call.headers))
            return self.shown(self._catalog().edit(self._api.caller, resource.kind, entry_id, wanted))

        parts = {resource.entry_id: (str, _REQUIRED), "body": (resource.body, _REQUIRED)}
        self._api.put(
            resource.one,
            write_permission(resource.kind),
            summary=f"Change a record: {resource.words}",
            description=_ABOUT_IF_MATCH,
            tags=resource.tags,
        )(_signed(edit, f"edit_{resource.label}", resource.view, parts))

    def add_deleting(self, resource: Resource) -> None:
        def delete(**path: str) -> Response[None]:
            revision = expected_revision(self._api.call.headers)
            self._catalog().delete(self._api.caller, resource.kind, path[resource.entry_id], revision)
            return no_content()

        parts = {resource.entry_id: (str, _REQUIRED)}
        self._api.delete(
            resource.one,
            write_permission(resource.kind),
            summary=f"Delete a record: {resource.words}",
            description=_ABOUT_DELETION,
            tags=resource.tags,
            status_code=204,
        )(_signed(delete, f"delete_{resource.label}", Response[None], parts))

    def shown(self, entry: AnyEntry) -> Any:
        return self._api.at_revision(entry.revision, self._view(entry))

    def _view(self, entry: AnyEntry) -> dict[str, Any]:
        return entry_view(entry, self._now()) | withheld_from(self._api.caller, entry)


def _signed(handler: Callable[..., Any], name: str, returns: Any, parts: Parts) -> Callable[..., Any]:
    """The handler with the name and the signature that clients see."""
    handler.__name__ = name
    handler.__annotations__ = {part: kind for part, (kind, _) in parts.items()} | {"return": returns}
    handler.__signature__ = Signature(  # type: ignore[attr-defined]  # inspect.signature reads it
        [
            Parameter(part, Parameter.KEYWORD_ONLY, annotation=kind, default=default)
            for part, (kind, default) in parts.items()
        ],
        return_annotation=returns,
    )
    return handler
