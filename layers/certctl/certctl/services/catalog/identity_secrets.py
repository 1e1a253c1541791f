"""The issuer that the secret of an identity provider goes to: the first that it was named for (ADR 27)."""

from collections.abc import Iterable
from dataclasses import dataclass

from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import InvalidInput
from certctl.store.catalog.records import CatalogStore
from certctl.store.channels.secret_bindings import SecretBindingStore
from certctl.store.writes import Write

_FIELD = "sign_in.client_secret"


@dataclass(frozen=True)
class IdentitySecrets:
    """An administrator may not read a secret, but names one, and the issuer whose token endpoint gets it."""

    catalog: CatalogStore
    bindings: SecretBindingStore

    def steps(self, before: AnyEntry | None, after: AnyEntry) -> list[Write]:
        """Bind the secrets of both versions to their issuer, those of records of earlier releases too. None
        for other kinds. Raises InvalidInput for a secret of another issuer, unless the record had it: its
        sign-in goes on."""
        if after.kind is not Kind.IDENTITY_PROVIDER:
            return []
        had, wanted = _secret_of(before), _secret_of(after)
        named, issuer = had | wanted, after.content.issuer
        bound = self.bindings.of(named)
        for reference in wanted - had:
            self._require_own(reference, issuer, bound.get(reference))
        return self.bindings.bind_steps(dict.fromkeys(sorted(named), issuer), bound)

    def _require_own(self, reference: str, issuer: str, first: str | None) -> None:
        """Refuses the secret of another issuer, found by its first use and by every record: those of earlier
        releases have no recorded first use."""
        others = () if first is not None else self._issuers_with(reference)
        elsewhere = next((each for each in (first, *others) if each not in (None, issuer)), None)
        if elsewhere is not None:
            raise InvalidInput.of(_FIELD, f"this secret is for {elsewhere}: make another one")

    def _issuers_with(self, reference: str) -> Iterable[str]:
        records = self.catalog.all_of(Kind.IDENTITY_PROVIDER)
        return [each.content.issuer for each in records if reference in _secret_of(each)]


def _secret_of(provider: AnyEntry | None) -> set[str]:
    sign_in = provider.content.sign_in if provider else None
    return {sign_in.client_secret} if sign_in else set()
