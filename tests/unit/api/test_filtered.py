"""A list's filter decides which query parameters its handler takes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from inspect import signature

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.filtered import filtered

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@dataclass(frozen=True)
class _Wanted:
    owner_id: str | None = None
    since: datetime | None = None
    added_today: bool = False


@filtered(_Wanted, since=Query(alias="from"))
def _list_things(wanted: _Wanted, per_page: int = 50) -> tuple[_Wanted, int]:
    return wanted, per_page


def test_every_field_of_the_filter_is_a_parameter_with_its_default() -> None:
    parameters = signature(_list_things).parameters

    assert {name: each.default for name, each in parameters.items()} == {
        "owner_id": None,
        "since": None,
        "added_today": False,
        "per_page": 50,
    }


def test_what_is_given_reaches_the_filter() -> None:
    listed = _list_things(owner_id="o-1", since=NOW, added_today=True, per_page=7)

    assert listed == (_Wanted("o-1", NOW, True), 7)


def test_the_handler_keeps_its_name_which_is_published() -> None:
    assert _list_things.__name__ == "_list_things"
    assert signature(_list_things).return_annotation == tuple[_Wanted, int]
