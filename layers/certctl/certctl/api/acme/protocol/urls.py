"""URLs of the ACME server (ADR 74). Clients store them: they never change."""

import re
from dataclasses import dataclass

ROOT = "/acme"
_ACCOUNT_PATH = re.compile(r"/acme/acct/(acct-[0-9a-z]{26})")


@dataclass(frozen=True)
class Urls:
    """`host` is that of URLs, with a port unless it is 443; `former_hosts` are those that clients may have
    stored their account URLs with."""

    host: str
    former_hosts: tuple[str, ...] = ()

    def of(self, *place: str | int) -> str:
        """The URL of a path below the root, such as `order`, account and order."""
        return "/".join([f"https://{self.host}{ROOT}", *map(str, place)])

    @property
    def directory(self) -> str:
        return self.of("directory")

    def account(self, account_id: str) -> str:
        return self.of("acct", account_id)

    def order(self, account_id: str, order_id: str) -> str:
        return self.of("order", account_id, order_id)

    def authorization(self, account_id: str, order_id: str, n: int) -> str:
        return self.of("authz", account_id, order_id, n)

    def challenge(self, account_id: str, order_id: str, n: int, kind: str) -> str:
        return self.of("chall", account_id, order_id, n, kind)

    def account_in(self, kid: str) -> str | None:
        """The id in an account URL of this server; None for any other text."""
        for host in (self.host, *self.former_hosts):
            found = _ACCOUNT_PATH.fullmatch(kid.removeprefix(f"https://{host}"))
            if found is not None and kid == f"https://{host}{found[0]}":
                return found[1]
        return None
