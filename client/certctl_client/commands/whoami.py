"""`certctl whoami`: the key that asks."""

from collections.abc import Mapping

from certctl_client.api.records import Grant
from certctl_client.commands.options import Output
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.session import open_stack
from certctl_client.views import Column

_GRANTS: Mapping[str, Column] = {"PERMISSION": "permission", "REACHES": "scope"}


def whoami(output: Output = Format.TABLE) -> None:
    """Whose key this is, and what it may do."""
    with open_stack() as stack:
        key = stack.keys.own()
    record = {name: value for name, value in key.items() if name != "permissions"}
    grants = Listing(list(key["permissions"]), _GRANTS, fields_of(Grant))
    show(Sections(key, [("Key", Detail(record)), ("Permissions", grants)]), output)
