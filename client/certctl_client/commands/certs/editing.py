"""`certctl certs edit`: the fields of a record that may change without a new certificate."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from certctl_client.api.resources import Stack
from certctl_client.api.schema import CertificateEditBody, CertificateView
from certctl_client.catalog.changes import edit_conflict
from certctl_client.commands.certs.several import CertificateIds, IdsFile, change_each, required
from certctl_client.commands.options import Output
from certctl_client.commands.record_options import changed_values, edit_options
from certctl_client.commands.signatures import signed
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.output import Detail, Format, show
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS
from certctl_client.session import open_stack

_CONFLICT = 409


def _edit(certificate_ids: list[str] | None, ids_from: Path | None, output: Format, **typed: Any) -> None:
    """Change a certificate's record, or the same fields of several. Fields that are not given stay.

    Refused if the record has changed since it was read.
    """
    ids = required(certificate_ids, ids_from)
    changes = {name: value for name, value in typed.items() if value not in (None, [])}
    if not changes:
        raise ConfigurationError("There is nothing to change.", "Give an option.")
    with open_stack() as stack:
        if len(ids) == 1 and not ids_from:
            return show(Detail(_changed(stack, ids[0], changes)), output)
        change_each(ids, lambda each: _change(stack, each, changes), "changed", output)


edit = signed(
    _edit,
    {
        "certificate_ids": (CertificateIds, None),
        "ids_from": (IdsFile, None),
        **edit_options(CERTIFICATE_FIELDS),
        "output": (Output, Format.TABLE),
    },
)


def _change(stack: Stack, certificate_id: str, changes: Mapping[str, Any]) -> None:
    _changed(stack, certificate_id, changes)


def _changed(stack: Stack, certificate_id: str, changes: Mapping[str, Any]) -> CertificateView:
    before = stack.certificates.get(certificate_id)
    body = changed_values(CERTIFICATE_FIELDS, changes, before)
    return _edited(stack, before, cast(CertificateEditBody, body))


def _edited(stack: Stack, before: CertificateView, body: CertificateEditBody) -> CertificateView:
    try:
        return stack.certificates.edit(before["id"], body, before["version"])
    except RequestFailed as refused:
        if refused.status != _CONFLICT:
            raise
        return _resolved(stack.certificates.get(before["id"]), before["version"], body, refused)


def _resolved(
    now: CertificateView, read: int, body: CertificateEditBody, refused: RequestFailed
) -> CertificateView:
    """The record as it is now, if an earlier attempt whose response was lost made the change. Raises
    CommandError."""
    if now["version"] == read:
        raise CommandError(refused.message, f"See `certctl certs get {now['id']}`.", refused.code)
    if all(now.get(name) == value for name, value in body.items()):
        return now
    raise edit_conflict("certificate", "certs", now["id"], read, now["version"])
