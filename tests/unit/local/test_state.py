"""State of the local stack over clean and unclean stops."""

import stat
from pathlib import Path

from local.emulator.state import Memory, StateDirectory

MEMORY = Memory(pki_host="127.0.0.1:8080", emulator_port=8081, api_key="certctl_x")


def _run(state: StateDirectory, content: str) -> bool:
    lost = state.open()
    (state.live / "services" / "rows.json").write_text(content)
    state.write_memory(MEMORY)
    return lost


def _rows(state: StateDirectory) -> str:
    return (state.live / "services" / "rows.json").read_text()


def test_a_first_start_finds_nothing_and_loses_nothing(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    assert state.open() is False
    assert state.read_memory() is None


def test_state_and_memory_survive_a_clean_stop(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    _run(state, "one")
    state.close()
    assert state.open() is False
    assert _rows(state) == "one"
    assert state.read_memory() == MEMORY


def test_after_an_unclean_stop_the_last_clean_state_is_back_and_the_loss_is_told(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    _run(state, "one")
    state.close()
    _run(state, "two")
    assert state.open() is True
    assert _rows(state) == "one"


def test_a_dropped_run_is_no_loss(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    _run(state, "one")
    state.close()
    _run(state, "two")
    state.drop()
    assert state.open() is False
    assert _rows(state) == "one"


def test_a_stop_that_is_cut_between_its_renames_keeps_the_last_clean_state(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    _run(state, "one")
    state.close()
    state.clean.rename(tmp_path / "clean.old")
    assert state.open() is False
    assert _rows(state) == "one"


def test_an_erased_state_starts_empty(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    _run(state, "one")
    state.close()
    state.erase()
    assert state.open() is False
    assert state.read_memory() is None


def _modes(directory: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (directory, *directory.rglob("*"))}


def test_what_an_earlier_release_left_readable_is_its_owners_from_the_next_start_on(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    (state.clean / "services").mkdir(parents=True)
    (state.clean / "services" / "kms.json").write_text("{}")
    for path in (state.directory, *state.directory.rglob("*")):
        path.chmod(0o755)

    state.open()

    assert _modes(state.directory) == {0}
    assert (state.live / "services" / "kms.json").read_text() == "{}"


def test_a_link_out_of_the_state_is_not_followed(tmp_path: Path) -> None:
    state, outside = StateDirectory(tmp_path / "state"), tmp_path / "outside"
    outside.write_text("")
    outside.chmod(0o644)
    state.clean.mkdir(parents=True)
    (state.clean / "link").symlink_to(outside)

    state.open()

    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_the_admin_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    _run(state, "one")
    assert stat.S_IMODE((state.live / "memory.json").stat().st_mode) == 0o600
