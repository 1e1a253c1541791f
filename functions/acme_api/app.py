"""Answers ACME clients (RFC 8555). Has an API of its own, so that a flood here slows no other."""

from collections.abc import Mapping
from typing import Any

from certctl.api.acme.protocol.accounts import AccountPlaces
from certctl.api.acme.protocol.authorizations import AuthorizationPlaces
from certctl.api.acme.protocol.directory import DirectoryPlace
from certctl.api.acme.protocol.front import AcmeFront, Places
from certctl.api.acme.protocol.orders import OrderPlaces
from certctl.api.acme.protocol.renewal_info import RenewalInfoPlace
from certctl.api.acme.protocol.revocations import RevocationPlaces
from certctl.compose.acme_api import AcmeApi
from certctl.observability import with_context

services = AcmeApi()
front = AcmeFront(
    lambda: services.verification,
    lambda: services.call_audit,
    lambda: services.settings,
    Places(
        DirectoryPlace(lambda: services.directory, lambda: services.settings),
        RenewalInfoPlace(lambda: services.renewal_info),
        AccountPlaces(lambda: services.new_accounts, lambda: services.accounts),
        OrderPlaces(lambda: services.orders, lambda: services.finalizing, lambda: services.downloads),
        AuthorizationPlaces(lambda: services.authorizations),
        RevocationPlaces(lambda: services.revocations),
    ),
)


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`ANY /acme/{proxy+}`, and every other path."""
    return front.handle(event)
