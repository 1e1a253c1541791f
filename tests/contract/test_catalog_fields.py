"""Fields of catalog records: dataclass, body, view and the form of the dashboard have the same."""

import re
from dataclasses import MISSING, fields

import pytest

from certctl.api.catalog.entry_bodies import EntryBody
from certctl.api.catalog.resources import AGENTS, PLAIN
from certctl.api.catalog.routes import Resource
from certctl.domain.audit.events import UNRECORDED
from certctl.store.catalog.contents import stored_content
from tests.support.template import ROOT

RESOURCES = [pytest.param(resource, id=resource.path) for resource in (*PLAIN, AGENTS)]
FORMS = ROOT / "dashboard" / "src" / "pages" / "Catalog"
SHARED_BY_FORMS = [FORMS / "sharedFields.ts", FORMS / "typeFields.ts"]
WIRE_NAMES = {"max_ttl": "max_ttl_seconds", "version": "agent_version"}


def _record(resource: Resource) -> type:
    return stored_content(resource.kind).content_class


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_body_makes_the_record_that_is_stored(resource: Resource) -> None:
    assert resource.body.record is _record(resource)


@pytest.mark.parametrize("resource", RESOURCES)
def test_each_field_of_a_record_is_shown(resource: Resource) -> None:
    stored = [each.name for each in fields(_record(resource)) if each.metadata != UNRECORDED]

    assert [name for name in stored if WIRE_NAMES.get(name, name) not in resource.view.__annotations__] == []


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_field_that_is_left_out_has_the_record_s_default(resource: Resource) -> None:
    stored = {each.name: each.default for each in fields(_record(resource))}
    taken = {
        name: each.default for name, each in resource.body.model_fields.items() if not each.is_required()
    }
    own = taken.keys() - EntryBody.model_fields.keys()
    shared = {name for name in stored.keys() & own if stored[name] is not MISSING}

    assert {name: _as_stored(taken[name]) for name in shared} == {name: stored[name] for name in shared}


def _as_stored(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_dashboard_s_form_has_each_field(resource: Resource) -> None:
    """The form sends the whole record: an edit takes back a field that the form has not."""
    page = FORMS / "kinds" / f"{resource.path.title().replace('-', '')}.tsx"
    source = "".join(each.read_text(encoding="utf-8") for each in (page, *SHARED_BY_FORMS))
    shown = set(re.findall(r'name: ["`](\w+)', source))

    assert resource.body.model_fields.keys() - shown == {"id", "version"}
