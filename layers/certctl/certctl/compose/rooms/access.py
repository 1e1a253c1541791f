"""The edge of the functions that require an API key."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.api import ApiFactories
from certctl.services.audit import api_calls  # noqa: F401  # for `ApiFactories`, at every request with a key
from certctl.services.identity.authentication import Authentication
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.credentials import CredentialStore

if TYPE_CHECKING:
    from certctl.api.edge import Edge
    from certctl.api.resolver import ApiServices
    from certctl.compose.rooms.base import Base
    from certctl.store.access.subjects import SubjectStore


class AccessFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base
        self._api = ApiFactories(base)

    @property
    def edge(self) -> "Edge":
        return self._api.edge

    @cached_property
    def api_services(self) -> "ApiServices":
        return self._api.services(self.authentication)

    @cached_property
    def authentication(self) -> Authentication:
        return Authentication(CredentialStore(self._base.database), self.key_store, self._base.now)

    @cached_property
    def key_store(self) -> ApiKeyStore:
        return ApiKeyStore(self._base.database)

    @cached_property
    def subject_store(self) -> "SubjectStore":
        from certctl.store.access.subjects import SubjectStore

        return SubjectStore(self._base.database)
