"""Filters that take several values, and typos in them."""

from collections.abc import Iterator

import pytest

from certctl_client.commands.audit.actions import or_unknown_action
from certctl_client.commands.choices import combinations, together
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode


def test_each_combination_of_values_is_a_query() -> None:
    assert combinations(status=None, type=()) == [{}]
    assert combinations(status=["dead", "failed", "dead"], type=["Revocation"]) == [
        {"status": "dead", "type": "Revocation"},
        {"status": "failed", "type": "Revocation"},
    ]


def _records(*times: str) -> Iterator[dict[str, str]]:
    return ({"created_at": time} for time in times)


@pytest.mark.parametrize(("sort", "expected"), [(None, "54321"), ("-created_at", "54321")])
def test_several_lists_become_one_newest_first(sort: str | None, expected: str) -> None:
    merged = together([_records("5", "2"), _records("4", "3", "1")], sort)
    assert "".join(record["created_at"] for record in merged) == expected


def test_several_lists_become_one_oldest_first() -> None:
    merged = together([_records("2", "5"), _records("1", "3", "4")], "created_at")
    assert "".join(record["created_at"] for record in merged) == "12345"


def test_an_action_that_nobody_knows_is_not_found_only_if_no_event_has_it() -> None:
    assert list(or_unknown_action(iter(["event"]), "new_action")) == ["event"]
    assert list(or_unknown_action(iter([]), "certificate_revoked")) == []
    assert list(or_unknown_action(iter([]), None)) == []
    with pytest.raises(CommandError, match="There is no action certificate_revokd") as refused:
        list(or_unknown_action(iter([]), "certificate_revokd"))
    assert refused.value.code is ExitCode.NOT_FOUND
    assert "Similar: certificate_revoked" in refused.value.next_step
