"""Sample events: JSON or a file, with what differs filled in."""

from pathlib import Path

import pytest

from local.events import EventError, function_of, read_event


def test_a_file_is_read_and_its_names_are_filled(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"a": "Bearer ${API_KEY}", "b": "{\\"id\\": \\"${ID}\\"}"}')
    event = read_event(f"@{tmp_path / 'event.json'}", {"API_KEY": 'k"1', "ID": "mc-1"})
    assert event == {"a": 'Bearer k"1', "b": '{"id": "mc-1"}'}


def test_json_is_taken_as_it_is() -> None:
    assert read_event('{"a": "${B}"}', {}) == {"a": "${B}"}
    assert read_event("", {}) == {}


@pytest.mark.parametrize("text", ["{", "[]", "@/no/such/file"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(EventError, match="EVENT is"):
        read_event(text, {})


def test_a_value_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"a": "${JOB_ID}"}')
    with pytest.raises(EventError, match="needs JOB_ID: give JOB_ID="):
        read_event(f"@{tmp_path / 'event.json'}", {"JOB_ID": ""})


def test_the_folder_in_events_names_the_function() -> None:
    assert function_of("@events/public_api/health.json") == "public_api"
    assert function_of("@/tmp/health.json") == ""
    assert function_of('{"a": "events/b/c"}') == ""
