"""What follows from the fields of records is generated, and checked in as it is generated."""

from dataclasses import dataclass, field, fields
from pathlib import Path

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.record_fields import described
from certctl.store.certificates.items import CertificateItem
from local.record_fields.client import client_module
from local.record_fields.dashboard import dashboard_module
from local.record_fields.described import RecordKind
from local.record_fields.modules import ROOT, modules
from local.record_fields.regions import lines_of

MODULES = modules()
KEY = {"id": "certificate_id"}


@dataclass(frozen=True)
class _Thing:
    cost_center: str = field(
        default="",
        metadata=described(
            "Cost center",
            ("create", "edit", "filter", "selects", "column", "csv", "mcp"),
            max_length=64,
        ),
    )


THINGS = RecordKind("thing", "things", _Thing, computed=(), read=(), answer=(), bodies={})


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in MODULES])
def test_a_generated_module_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MODULES[path], "make openapi"


def test_every_field_of_a_certificate_is_stored() -> None:
    """A row is made by the names of fields: one without an attribute would be lost."""
    names = {KEY.get(each.name, each.name) for each in fields(Certificate)}

    assert names <= CertificateItem.get_attributes().keys()


def test_a_described_field_has_its_option_its_filter_its_column_and_its_place_with_models() -> None:
    [row] = [line for line in client_module(THINGS).splitlines() if "RecordField(" in line]

    assert row.strip() == (
        "RecordField(name='cost_center', label='Cost center', flag='--cost-center', max_length=64,"
        " create=True, edit=True, filter=True, bulk=True, column=1, mcp='list'),"
    )


def test_a_described_field_has_its_inputs_its_filter_and_its_columns_in_the_dashboard() -> None:
    given = {line.strip() for line in dashboard_module([THINGS]).splitlines()}

    assert {
        'name: "cost_center",',
        'label: "Cost center",',
        'create: "optional",',
        'edit: "optional",',
        'filter: "shown",',
        'bulk: "selects",',
        "csv: true,",
    } <= given


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("new", 'cost_center: str = ""'),
        ("edit", "cost_center: str | None = None"),
        ("filter", "cost_center: str | None = None"),
        ("selection", "cost_center: str | None = None"),
        ("view", "cost_center: str"),
        (
            "new body",
            'cost_center: Annotated[str, Field(max_length=64, pattern=PLAIN_TEXT), VISIBLE] = ""',
        ),
    ],
)
def test_a_described_field_is_in_what_the_layer_says_of_its_kind(what: str, line: str) -> None:
    assert lines_of(THINGS, what) == [line]
