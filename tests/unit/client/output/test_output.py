"""Tables for people, JSON for machines, and nothing that drives a terminal."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, Listing, show
from certctl_client.output.rendering import renderers
from certctl_client.plain_text import printable
from certctl_client.times import wire_time, wire_time_before

_HOSTILE = "\x1b[2J[red]bold[/red]\x07\u202e"
_RECORDS: list[dict[str, Any]] = [
    {"id": "mc-1", "name": _HOSTILE, "team_id": None},
    {"id": "mc-2", "tags": ["a"]},
]


def test_every_format_has_its_renderer() -> None:
    assert set(renderers()) == set(Format)


@pytest.mark.parametrize("view", [Listing(_RECORDS, {"ID": "id", "NAME": "name"}), Detail(_RECORDS[0])])
def test_tables_show_names_as_they_are_and_escape_what_drives_a_terminal(
    view: Listing | Detail, capsys: pytest.CaptureFixture[str]
) -> None:
    show(view, Format.TABLE)
    out = capsys.readouterr().out
    assert "\\x1b[2J[red]bold[/red]\\x07\\u202e" in out
    assert not set("\x1b\x07\u202e") & set(out)


@pytest.mark.parametrize(
    ("view", "value"),
    [(Listing(_RECORDS, {"ID": "id"}), _RECORDS), (Detail(_RECORDS[1], "text"), _RECORDS[1])],
)
def test_json_has_the_whole_records(
    view: Listing | Detail, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    show(view, Format.JSON)
    out = capsys.readouterr().out
    assert not set("\x1b\x07\u202e") & set(out)
    assert json.loads(out) == value


def test_json_shows_letters_of_all_scripts_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show(Detail({"owner": "Zoë 李"}), Format.JSON)
    show(Detail({"owner": "Zoë 李"}), Format.YAML)
    assert capsys.readouterr().out == '{\n  "owner": "Zoë 李"\n}\nowner: Zoë 李\n'


def test_a_long_name_is_not_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    show(Listing([{"id": "x" * 200}], {"ID": "id"}), Format.TABLE)
    assert "x" * 200 in capsys.readouterr().out


def test_text_is_cut_at_its_limit() -> None:
    assert printable("a" * 50, 10) == "aaaaaaa..."
    assert printable("a\nb\ud800") == "a\nb\\ud800"


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("2026-11-24", "2026-11-24T00:00:00Z"),
        ("2026-11-24T13:00:00Z", "2026-11-24T13:00:00Z"),
        ("2026-11-24T13:00:00+01:00", "2026-11-24T12:00:00Z"),
        ("2026-11-24 13:00", "2026-11-24T13:00:00Z"),
    ],
)
def test_times_that_people_type(text: str, wire: str) -> None:
    assert wire_time(text) == wire


@pytest.mark.parametrize(
    ("span", "wire"),
    [
        ("30m", "2026-11-24T12:30:00Z"),
        ("24h", "2026-11-23T13:00:00Z"),
        ("7d", "2026-11-17T13:00:00Z"),
        ("2w", "2026-11-10T13:00:00Z"),
    ],
)
def test_spans_that_people_type(span: str, wire: str) -> None:
    assert wire_time_before(datetime(2026, 11, 24, 13, tzinfo=UTC), span) == wire


@pytest.mark.parametrize("span", ["", "7", "d", "-1d", "1y", "999999w", "٣d"])
def test_other_spans_are_refused(span: str) -> None:
    with pytest.raises(ConfigurationError):
        wire_time_before(datetime(2026, 11, 24, tzinfo=UTC), span)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        wire_time(text)
