"""Formats for machines, tables for people, and watching: nothing that a server says drives a terminal."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from certctl_client.output import Detail, FirstOf, Format, Listing, Sections, Tiles, View, show
from certctl_client.output.machine_formats import show_csv, show_json, show_yaml
from certctl_client.output.watching import present

type Record = Mapping[str, Any]

_TEXT = st.text(max_size=20)
_VALUES = st.none() | st.booleans() | st.integers() | _TEXT | st.lists(_TEXT, max_size=2)
_RECORDS = st.lists(st.fixed_dictionaries({"id": _TEXT, "value": _VALUES}), max_size=3)
_DRIVING = set(map(chr, range(32))) - {"\n"} | {"\x7f", "\x9b", "\u202e"}


def shown(view: View, format_: Format) -> str:
    with pytest.MonkeyPatch.context() as patch:
        out = io.StringIO()
        patch.setattr("sys.stdout", out)
        show(view, format_)
    return out.getvalue()


@given(_RECORDS)
def test_json_and_yaml_give_back_what_went_in_and_drive_no_terminal(records: list[Record]) -> None:
    for format_, load in ((Format.JSON, json.loads), (Format.YAML, yaml.safe_load)):
        out = shown(Listing(iter(records), {"ID": "id"}), format_)
        assert load(out) == records
        assert not _DRIVING & set(out)


@given(_RECORDS)
def test_csv_has_a_line_for_each_record_and_nothing_that_drives_or_calculates(records: list[Record]) -> None:
    out = shown(Listing(iter(records), {"ID": "id"}, ("id", "value")), Format.CSV)
    heading, *rows = csv.reader(io.StringIO(out))
    assert heading == ["id", "value"]
    assert len(rows) == len(records) == out.count("\n") - 1
    assert not _DRIVING & set(out)
    assert not any(row[0].startswith(("=", "+", "-", "@")) for row in rows)


@given(_RECORDS)
def test_tables_have_a_line_for_each_record_too(records: list[Record]) -> None:
    out = shown(Listing(records, {"ID": "id"}), Format.TABLE)
    assert not _DRIVING & set(out)
    if records:
        assert out.startswith("ID\n")


def test_records_without_a_heading_of_their_own_have_the_first_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_csv(Listing([{"a": 1, "b": None}, {"a": "x,y", "c": 2}], {"A": "a"}))
    assert capsys.readouterr().out == 'a,b\n1,\n"x,y",\n'
    show_csv(Listing([], {"A": "a"}))
    assert capsys.readouterr().out == ""
    show_csv(Detail({"a": [1], "b": "two"}))
    assert capsys.readouterr().out == "a,b\n[1],two\n"


def test_a_record_is_one_line_on_a_narrow_terminal_with_its_id_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    record = {"id": "mc-" + "0" * 26, "name": "n" * 60, "at": "2026-11-24T13:00:00Z"}

    show(Listing([record], {"ID": "id", "NAME": "name", "AT": "at"}), Format.TABLE)

    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == ["ID", "NAME", "AT"]
    assert line.startswith(record["id"])
    assert line.endswith(" ago") or " in " in line
    assert "nnn\N{HORIZONTAL ELLIPSIS}" in line
    assert len(line) <= 80


def test_people_read_names_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    show(Detail({"sans": ["a", "b"], "n": [1], "error": "", "ok": True}), Format.TABLE)
    assert capsys.readouterr().out == "sans   a, b\nn      [1]\nerror  -\nok     true\n"


def test_empty_lists_are_lists(capsys: pytest.CaptureFixture[str]) -> None:
    show_json(Listing([], {}))
    show_yaml(Listing([], {}))
    show(Listing([], {"A": "a"}), Format.TABLE)
    out, err = capsys.readouterr()
    assert (out, err) == ("[]\n[]\n", "None.\n")


def test_records_are_written_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    def records() -> Iterator[Record]:
        yield {"n": 1}
        raise ConnectionError

    for format_ in (Format.JSON, Format.YAML, Format.CSV):
        with pytest.raises(ConnectionError):
            show(Listing(records(), {}, ("n",)), format_)
        assert "1" in capsys.readouterr().out


def test_sections_are_one_record_for_machines_and_headed_parts_for_people() -> None:
    parts: list[tuple[str, Listing | Detail | Tiles]] = [
        ("Numbers", Tiles([("Dead", 3, "red")])),
        ("Rest", Detail({"pem": "a\nb", "tags": {}, "n": 1})),
        ("List", Listing([{"a": "x\ny"}], {"A": "a", "TWICE": lambda record: record["a"] * 2})),
    ]
    view = Sections({"a": 1}, parts)
    assert json.loads(shown(view, Format.JSON)) == {"a": 1}
    out = shown(view, Format.TABLE)
    assert out.startswith("Numbers\n")
    assert "Dead" in out
    assert "pem   a\n      b\n" in out
    assert "x\\ny" in out
    assert not any(line.endswith(" ") for line in out.splitlines())


@pytest.mark.parametrize(("limit", "more", "read"), [(2, True, 3), (3, False, 3), (None, False, 3)])
def test_the_first_records_know_whether_there_are_more(limit: int | None, more: bool, read: int) -> None:
    source = iter(range(3))
    first = FirstOf(source, limit)
    assert list(first) == list(range(3))[:limit]
    assert (first.has_more, list(source)) == (more, [])


def test_watching_shows_what_has_changed_until_it_is_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    looks, naps = iter([1, 1, 2, 2]), count()

    def sleep(seconds: float) -> None:
        assert seconds == 0.5
        if next(naps) == 3:
            raise KeyboardInterrupt

    present(lambda: Listing(iter([{"n": next(looks)}]), {"N": "n"}), Format.TABLE, 0.5, sleep)

    assert capsys.readouterr().out == "N\n1\nN\n2\n"


def test_watching_on_a_terminal_is_in_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    present(lambda: Detail({"n": 1}), Format.TABLE, 2, interrupted)

    out, err = capsys.readouterr()
    assert out.startswith("\x1b[2J\x1b[H")
    assert "every 2 s. Ctrl-C ends." in err


@pytest.mark.parametrize(
    "sign",
    [
        *"=+-@",
        " =",
        "\N{FULLWIDTH EQUALS SIGN}",
        "\N{FULLWIDTH PLUS SIGN}",
        "\N{FULLWIDTH HYPHEN-MINUS}",
        "\N{FULLWIDTH COMMERCIAL AT}",
        "\N{SMALL PLUS SIGN}",
        "\N{MINUS SIGN}",
    ],
)
def test_no_cell_begins_a_formula_in_any_script(sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_csv(Listing([{"name": f"{sign}cmd|' /C calc'!A0"}], {"NAME": "name"}, ("name",)))
    _, (cell,) = csv.reader(capsys.readouterr().out.splitlines())
    assert cell.startswith("'")
