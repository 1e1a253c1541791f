"""Commands and tools follow from the descriptions of a certificate's fields."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    BulkRevokeBody,
    CertificateEditBody,
    CertificateView,
    ListCertificatesQuery,
    NewCertificateBody,
)
from certctl_client.cli.lazy import built
from certctl_client.commands.certs.certs import COLUMNS
from certctl_client.commands.certs.group import COMMANDS
from certctl_client.commands.record_options import (
    changed_values,
    columns_of,
    edit_options,
    ids_in,
    new_options,
    new_values,
    with_filters,
)
from certctl_client.errors import ConfigurationError
from certctl_client.mcp import presenting
from certctl_client.mcp.command import TOOLSETS
from certctl_client.mcp.toolsets import tools_of
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS
from certctl_client.record_fields.field import RecordField

_USES: Mapping[str, tuple[Callable[[RecordField], bool], str, Any]] = {
    "create": (lambda field: field.create, "create", NewCertificateBody),
    "edit": (lambda field: field.edit, "edit", CertificateEditBody),
    "filter": (lambda field: field.filter, "list", ListCertificatesQuery),
    "bulk": (lambda field: field.bulk, "bulk-revoke", BulkRevokeBody),
}
_APPROVER = RecordField(
    name="approver_id", label="Approver", type="id", flag="--approver", refers_to="owners"
)
_LABELS = RecordField(name="labels", label="Labels", type="pairs", flag="--label")
_HOSTS = RecordField(name="host_ids", label="Hosts", type="ids", flag="--host", help="Id of a host.")


def _help_of(command: str) -> Mapping[str, str]:
    """The options of a `certs` command by flag, with their help."""
    params = built(COMMANDS[command].load(command), command).params
    return {flag: param.help or "" for param in params for flag in param.opts}


@pytest.mark.parametrize("use", _USES)
def test_each_described_field_is_an_option_and_the_api_takes_it(use: str) -> None:
    is_used, command, request = _USES[use]
    used = [field for field in CERTIFICATE_FIELDS if is_used(field)]

    options = _help_of(command)

    assert len(used) >= 5
    assert {field.flag for field in used} <= options.keys()
    assert {field.name for field in used} <= request.__annotations__.keys()
    assert all(options[field.flag].endswith((".", "none.")) for field in used)


def test_each_described_column_is_a_column_of_the_list() -> None:
    described = [field for field in CERTIFICATE_FIELDS if field.column]
    assert [*COLUMNS][-len(described) :] == [*columns_of(CERTIFICATE_FIELDS)]
    assert {field.name for field in described} == {*columns_of(CERTIFICATE_FIELDS).values()}


def test_each_field_for_models_is_shown_and_its_filter_is_a_parameter() -> None:
    tools = {tool.name: tool for tool in tools_of(cast(Stack, None), "", TOOLSETS, may_write=True)}
    record: dict[str, Any] = dict.fromkeys(CertificateView.__annotations__, "text") | {"sans": []}

    shown, listed = (
        presenting.certificate(record),
        presenting.listed_certificate(cast(CertificateView, record)),
    )

    assert shown.keys() == {field.name for field in CERTIFICATE_FIELDS if field.mcp}
    in_lists = {field.name for field in CERTIFICATE_FIELDS if field.mcp == "list"}
    assert listed.keys() == in_lists - {"common_name"}  # it is the same as the name
    filters = {field.name for field in CERTIFICATE_FIELDS if field.filter} & in_lists
    assert filters <= tools["list_certificates"].parameters["properties"].keys()
    bulk = {field.name for field in CERTIFICATE_FIELDS if field.bulk}
    assert bulk <= tools["bulk_revoke_certificates"].parameters["properties"].keys()


def test_a_command_receives_the_filters_that_were_given() -> None:
    received = []

    @with_filters([RecordField(name="approver_id", label="Approver", flag="--approver", filter=True)])
    def command(text: str, filters: Mapping[str, Any]) -> None:
        received.append((text, filters))

    command(text="a", approver_id="o-1")
    command(text="b", approver_id=None)

    assert received == [("a", {"approver_id": "o-1"}), ("b", {})]


@pytest.mark.parametrize(
    ("field", "created", "edited"),
    [
        (_APPROVER, "Id of the approver.", "Id of the approver."),
        (_LABELS, "name=value. Repeatable.", "name=value; the other labels stay. name= removes it."),
        (
            _HOSTS,
            "Id of a host. Repeatable.",
            "Id of a host; replaces all current ones. Repeatable; '' for none.",
        ),
        (
            RecordField(name="note", label="Note", flag="--note", help="Any text.", default="none"),
            "Any text; default: none.",
            "Any text.",
        ),
    ],
)
def test_an_option_is_explained_by_its_type_and_words(field: RecordField, created: str, edited: str) -> None:
    usable = RecordField(**{**vars(field), "create": True, "edit": True})
    for options, expected in ((new_options([usable]), created), (edit_options([usable]), edited)):
        kind, default = options[field.name]
        assert (kind.__metadata__[0].help, default) == (expected, None)


def test_typed_values_become_those_of_the_record() -> None:
    fields, typed = (
        (_APPROVER, _LABELS, _HOSTS),
        {"approver_id": "o-1", "labels": ["a=1", "b="], "host_ids": [""]},
    )

    assert new_values(fields, {**typed, "labels": None}) == {"approver_id": "o-1", "host_ids": [""]}
    assert changed_values(fields, typed, {"labels": {"b": "2", "c": "3"}}) == {
        "approver_id": "o-1",
        "labels": {"a": "1", "c": "3"},
        "host_ids": [],
    }
    with pytest.raises(ConfigurationError, match="--label has no value"):
        new_values(fields, {"labels": ["alone"]})


def test_ids_in_filters_name_the_kind_that_they_refer_to() -> None:
    assert ids_in((_APPROVER, _LABELS), {"approver_id": "o-1", "labels": "x"}) == [("owners", "o-1")]
    assert ids_in((_APPROVER, _LABELS), {}) == []
