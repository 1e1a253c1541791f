"""`certctl whoami`: the caller's key."""

from collections.abc import Mapping

from certctl_client.api.schema import GrantView
from certctl_client.commands.options import Output
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

_GRANTS: Mapping[str, Column] = {"PERMISSION": "permission", "REACHES": "scope"}


def whoami(output: Output = Format.TABLE) -> None:
    """Show your key or session, and its permissions."""
    with open_stack() as stack:
        key = stack.keys.caller()
    record = {name: value for name, value in key.items() if name != "permissions"}
    grants = Listing(list(key["permissions"]), _GRANTS, fields_of(GrantView))
    show(
        Sections(key, [("Key" if "made_by" in key else "Session", Detail(record)), ("Permissions", grants)]),
        output,
    )
