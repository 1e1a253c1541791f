"""`certctl certs edit`: the fields of a record that may change without a new certificate."""

from pathlib import Path
from typing import Any, cast

from certctl_client.api.resources import Stack
from certctl_client.api.schema import CertificateEditBody, CertificateView
from certctl_client.catalog.changes import edit_conflict
from certctl_client.commands.certs.fields import FIELDS, tags_of, text_option, texts_option
from certctl_client.commands.certs.several import CertificateIds, IdsFile, change_each, required
from certctl_client.commands.options import Output, given
from certctl_client.commands.signatures import Options, signed
from certctl_client.errors import CommandError, ConfigurationError, RequestFailed
from certctl_client.output import Detail, Format, fields_of, show
from certctl_client.session import open_stack

_CONFLICT = 409


_OPTIONS: Options = {
    "certificate_ids": (CertificateIds, None),
    "ids_from": (IdsFile, None),
    "name": (text_option("--name", "Display name."), None),
    **{name: option for name, option in FIELDS.items() if name in fields_of(CertificateEditBody)},
    "target_ids": (
        texts_option("--target", "Id of a target; replaces all current ones. Repeatable; '' for none."),
        None,
    ),
    "tags": (texts_option("--tag", "name=value; the other tags stay. name= removes it."), None),
    "output": (Output, Format.TABLE),
}


def _edit(
    certificate_ids: list[str] | None,
    ids_from: Path | None,
    target_ids: list[str] | None,
    tags: list[str] | None,
    output: Format,
    **typed: Any,
) -> None:
    """Change a certificate's record, or the same fields of several. Fields that are not given stay.

    Refused if the record has changed since it was read.
    """
    ids = required(certificate_ids, ids_from)
    wanted = given(**typed, target_ids=[found for found in target_ids if found] if target_ids else None)
    if not wanted and not tags:
        raise ConfigurationError("There is nothing to change.", "Give an option.")
    with open_stack() as stack:
        if len(ids) == 1 and not ids_from:
            return show(Detail(_changed(stack, ids[0], wanted, tags)), output)
        change_each(ids, lambda each: _change(stack, each, wanted, tags), "changed", output)


def _change(stack: Stack, certificate_id: str, wanted: dict[str, object], tags: list[str] | None) -> None:
    _changed(stack, certificate_id, wanted, tags)


def _changed(
    stack: Stack, certificate_id: str, wanted: dict[str, object], tags: list[str] | None
) -> CertificateView:
    before = stack.certificates.get(certificate_id)
    fields = {**wanted, "tags": _with_tags(before, tags)} if tags else wanted
    return _edited(stack, before, cast(CertificateEditBody, fields))


edit = signed(_edit, _OPTIONS)


def _with_tags(before: CertificateView, texts: list[str]) -> dict[str, str]:
    tags = {**before["tags"], **tags_of(texts)}
    return {name: value for name, value in tags.items() if value}


def _edited(stack: Stack, before: CertificateView, wanted: CertificateEditBody) -> CertificateView:
    try:
        return stack.certificates.edit(before["id"], wanted, before["version"])
    except RequestFailed as refused:
        if refused.status != _CONFLICT:
            raise
        return _resolved(stack.certificates.get(before["id"]), before["version"], wanted, refused)


def _resolved(
    now: CertificateView, read: int, wanted: CertificateEditBody, refused: RequestFailed
) -> CertificateView:
    """The record as it is now, if an earlier attempt whose response was lost made the change. Raises
    CommandError."""
    if now["version"] == read:
        raise CommandError(refused.message, f"See `certctl certs get {now['id']}`.", refused.code)
    if all(now.get(name) == value for name, value in wanted.items()):
        return now
    raise edit_conflict("certificate", "certs", now["id"], read, now["version"])
