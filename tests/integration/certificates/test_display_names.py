"""Display texts of a certificate contain no characters that would reorder or break the text around them."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.store.certificates.items import CertificateItem
from certctl.store.keys import CERTIFICATE
from certctl.store.writes import update
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

UNREADABLE = [
    "\x1b[2J",
    "a\r\nb",
    "a\u202eb",
    "a\u2066b",
    "a\u0085b",
    "a\u2028b",
    "\x7f",
    "a\u200bb",
    "a\ufeffb",
    "a\u00adb",
    "a\U000e0041b",
    "a\U000e0100",
    "a\ufe01b",
    "\u3164",
]


@pytest.fixture(scope="module")
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        yield world


@pytest.mark.parametrize("text", UNREADABLE)
@pytest.mark.parametrize(
    "fields",
    [
        lambda t: {"name": t},
        lambda t: {"environment": t},
        lambda t: {"tags": {t: ""}},
        lambda t: {"tags": {"k": t}},
    ],
    ids=["name", "environment", "tag", "value"],
)
def test_neither_create_nor_edit_takes_control_characters(world: Issuing, fields: Any, text: str) -> None:
    certificate = world.created().body
    wrong = fields(text)

    made = world.api.post(CERTIFICATES, {"common_name": "www.example.com"} | wrong)
    edited = world.api.put(f"{CERTIFICATES}/{certificate['id']}", wrong)

    assert (made.status, edited.status) == (422, 422)
    assert all(error["field"].startswith(next(iter(wrong))) for error in made.body["errors"])
    assert all(error["message"].startswith("Contains U+") for error in made.body["errors"])


def test_names_in_any_script_are_taken(world: Issuing) -> None:
    fields = {"name": "متجر ショップ é 🔑 ❤\ufe0f", "environment": "prod-東京", "tags": {"größe": "ñ ע"}}

    made = world.api.post(CERTIFICATES, {"common_name": "www.example.com"} | fields)

    assert made.status == 201
    assert {name: made.body[name] for name in fields} == fields


def test_a_name_of_an_earlier_release_stays_readable_and_editable(world: Issuing) -> None:
    certificate = world.created().body
    row = CertificateItem(certificate["id"], CERTIFICATE)
    world.stack.database.write(update(row, [CertificateItem.name.set("old\nname\u202e")]))
    path = f"{CERTIFICATES}/{certificate['id']}"

    edited = world.api.put(path, {"environment": "production"})

    assert (edited.status, world.read(certificate["id"])["name"]) == (200, "old\nname\u202e")
