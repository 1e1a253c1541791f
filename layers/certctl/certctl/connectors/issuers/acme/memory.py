"""The state of an ACME issuer between steps. `store` implements it; connectors import no store."""

from typing import Protocol


class AcmeMemory(Protocol):
    def account(self, issuer_id: str) -> str | None:
        """The last one written."""

    def write_account(self, issuer_id: str, account: str) -> None: ...

    def publish_token(self, token: str, key_authorization: str) -> None:
        """The response to a challenge of http-01."""
