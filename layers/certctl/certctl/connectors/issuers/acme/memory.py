"""What an ACME issuer remembers between steps. `store` implements it, and connectors import no store."""

from typing import Protocol


class AcmeMemory(Protocol):
    def account(self, issuer_id: str) -> str | None:
        """As it was written last."""

    def write_account(self, issuer_id: str, account: str) -> None: ...

    def publish_token(self, token: str, key_authorization: str) -> None:
        """Answers a challenge of http-01."""
