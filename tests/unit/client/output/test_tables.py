"""Tables that fit a screen."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl_client.output import Detail, Format, Listing, Sections, Tiles, View, show
from certctl_client.output.fitting import Place, fitted
from certctl_client.output.moments import is_time, relative
from certctl_client.output.terminal import cut, width_of

_PLACES = st.lists(
    st.builds(
        Place, st.text("ABC", min_size=1, max_size=9), st.integers(1, 60), st.booleans(), st.booleans()
    ),
    min_size=1,
    max_size=9,
)
_COLUMNS = {"ID": "id", "NAME": "name", "STATUS": "status", "EXPIRES": "expires_at", "OWNER": "owner_id"}
RECORD: dict[str, Any] = {
    "id": "mc-" + "0" * 26,
    "name": "a-rather-long-name-of-a-service.internal.example.com",
    "status": "Active",
    "expires_at": "2026-11-24T13:00:00Z",
    "owner_id": "o-" + "1" * 26,
}


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)


@given(_PLACES, st.integers(40, 200))
def test_no_table_is_wider_than_the_screen_unless_its_ids_are(places: list[Place], width: int) -> None:
    widths = fitted(places, width)
    assert 0 in widths
    assert sum(widths.values()) + 2 * (len(widths) - 1) <= max(width, places[0].least)
    for index, shown in widths.items():
        assert places[index].may_be_cut or shown == places[index].natural


@given(st.text(max_size=30), st.integers(1, 20))
def test_a_cut_text_has_its_width(text: str, width: int) -> None:
    assert width_of(cut(text, width)) <= max(width, 1)
    assert cut(text, width_of(text)) == text


@pytest.mark.usefixtures("narrow")
def test_on_a_terminal_columns_go_before_ids_are_cut(capsys: pytest.CaptureFixture[str]) -> None:
    show(Listing([RECORD], _COLUMNS), Format.TABLE)
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == ["ID", "NAME", "STATUS", "EXPIRES"]
    assert line.startswith(RECORD["id"])
    assert "a-rather-long-name" in line
    assert "\N{HORIZONTAL ELLIPSIS}" in line
    assert "ago" in line
    assert len(line) <= 80


@pytest.mark.parametrize("format_", [Format.WIDE, Format.TABLE])
def test_a_pipe_and_wide_show_everything_on_one_line(
    format_: Format, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    if format_ is Format.WIDE:
        request.getfixturevalue("narrow")
    show(Listing([{**RECORD, "name": "n" * 300}], _COLUMNS), format_)
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == list(_COLUMNS)
    assert line.split() == [RECORD["id"], "n" * 300, "Active", "2026-11-24T13:00:00Z", RECORD["owner_id"]]


def test_names_are_a_line_for_each_record(capsys: pytest.CaptureFixture[str]) -> None:
    show(Listing([RECORD, {"id": "b\n"}], _COLUMNS), Format.NAME)
    show(Detail(RECORD), Format.NAME)
    assert capsys.readouterr().out == f"{RECORD['id']}\nb\\n\n{RECORD['id']}\n"


def test_nothing_is_no_line_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    for format_ in (Format.TABLE, Format.WIDE, Format.NAME):
        show(Listing([], _COLUMNS), format_)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "None.\nNone.\n")


@pytest.mark.usefixtures("narrow")
def test_a_page_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    parts: list[tuple[str, Listing | Detail | Tiles]] = [
        ("Numbers", Tiles([(f"Figure {number}", number, "red") for number in range(12)])),
        ("Facts", Detail({"text": "word " * 40, "at": "2026-11-24T13:00:00Z", "none": None})),
        ("List", Listing([RECORD], _COLUMNS)),
    ]
    view: View = Sections({}, parts)
    show(view, Format.TABLE)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("2026-11-24T13:00:00Z (" in line for line in lines)


def test_colours_are_for_terminals(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show(Listing([RECORD], _COLUMNS), Format.TABLE)
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    show(Listing([RECORD], _COLUMNS), Format.TABLE)
    assert "\x1b[32mActive" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-24T13:00:00Z", "now"),
        ("2026-11-24T13:00:59Z", "in 59 s"),
        ("2026-11-24T12:58:00Z", "2 min ago"),
        ("2026-11-25T03:00:00Z", "in 14 h"),
        ("2026-11-22T12:00:00Z", "2 d ago"),
        ("2027-06-12T20:44:52Z", "in 200 d"),
        ("2036-11-24T13:00:00Z", "in 10 y"),
    ],
)
def test_times_are_relative_for_people(moment: str, shown: str) -> None:
    assert relative(moment, datetime(2026, 11, 24, 13, tzinfo=UTC)) == shown


@pytest.mark.parametrize("text", ["", "2026-11-24", "2026-11-24T13:00:00Z x", 7, None])
def test_other_values_are_no_times(text: object) -> None:
    assert not is_time(text)
