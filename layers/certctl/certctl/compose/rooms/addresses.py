"""Which addresses outbound requests may reach."""

from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.connectors.address_guard import AddressGuard


def address_guard() -> "AddressGuard":
    from certctl.connectors.address_guard import AddressGuard, GuardPolicy

    opened = config.allowed_private_cidrs()
    is_local = config.stack().is_local
    return AddressGuard(GuardPolicy.for_local_mode(opened) if is_local else GuardPolicy.for_stack(opened))
