"""What the access rules of a provider say of a person: as at a sign-in, but nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from certctl.domain.access.access_rules import AccessRule, Evaluation, evaluate
from certctl.domain.access.foreign_tokens import Claims
from certctl.domain.catalog.records import Entry, Kind
from certctl.domain.errors import NotFound
from certctl.store.catalog.records import CatalogStore

_PAGE = 200
"""All that there may be: more pages only if the rules have over 1 MB."""


def current_rules(catalog: CatalogStore, provider_id: str) -> dict[str, Entry[AccessRule]]:
    """The rules of a provider by id, read consistently: one that was changed or deleted a moment ago admits
    nobody by its old form."""
    page = catalog.page(Kind.ACCESS_RULE, None, _PAGE)
    entries = list(page.entries)
    while page.next_after is not None:
        page = catalog.page(Kind.ACCESS_RULE, page.next_after, _PAGE)
        entries += page.entries
    return {e.id: e for e in entries if e.content.provider_id == provider_id and not e.is_deleting}


@dataclass(frozen=True)
class AccessPreview:
    """`evaluation` has a result for each of `rules`."""

    rules: Mapping[str, Entry[AccessRule]]
    evaluation: Evaluation


class AccessPreviews:
    def __init__(self, catalog: CatalogStore) -> None:
        self._catalog = catalog

    def preview(self, provider_id: str, claims: Claims) -> AccessPreview:
        """Raises NotFound."""
        provider = self._catalog.get(Kind.IDENTITY_PROVIDER, provider_id)
        if provider is None or provider.is_deleting:
            raise NotFound("There is no such identity provider.")
        rules = current_rules(self._catalog, provider_id)
        contents = {rule_id: entry.content for rule_id, entry in rules.items()}
        return AccessPreview(rules, evaluate(contents, claims))
