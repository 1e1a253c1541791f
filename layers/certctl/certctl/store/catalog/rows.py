"""Rows of catalog records to records, whatever reads their contents."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.observability import logger
from certctl.store.catalog.items import CatalogItem
from certctl.store.mapping import to_record

type Decode = Callable[[Any], Any]


def entry_or_none(item: CatalogItem, content_of: Callable[[Kind, str], Any]) -> AnyEntry | None:
    """An unreadable row counts as missing, and is logged."""
    try:
        kind = Kind(item.kind)
        content = content_of(kind, item.content)
        return to_record(Entry, item, kind=kind, content=content, revision=int(item.revision))
    except (ValueError, TypeError, KeyError):
        logger.error("a catalog record cannot be read", extra={"kind": item.kind, "id": item.id})
        return None


def content_from(content_class: type[Any], stored: Mapping[str, Any], decoders: Mapping[str, Decode]) -> Any:
    """Reads older and newer rows too: an unknown key is ignored, a missing one takes its default. Raises
    ValueError or TypeError for anything else."""
    known = [f.name for f in fields(content_class) if stored.get(f.name) is not None]
    return content_class(**{name: decoders.get(name, _as_it_is)(stored[name]) for name in known})


def each(decode: Decode) -> Decode:
    """The decoder of a list of such values."""
    return lambda values: tuple(map(decode, values))


def _as_it_is(value: Any) -> Any:
    return value
