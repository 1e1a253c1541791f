"""zsh, bash and fish take the names that Tab shows beside ids for text, even if a stranger chose them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer._click.shell_completion import CompletionItem

from certctl_client.cli.zsh import EvaluatedTwice, quoted
from certctl_client.plain_text import reduced
from tests.support.client.server import Asked, LoopbackServer, Reply, json_reply
from tests.support.client.shells import SHELLS, Shell, a_shell, lines_to_complete, of_a_stub
from tests.support.hostile_names import HOSTILE_NAMES

pytestmark = pytest.mark.slow

_NAMES = tuple(HOSTILE_NAMES.values())
_FIELDS = ("name", "certificate_name", "subject", "hostname_pattern", "reason")
_COMMANDS_WITH_IDS = 190

type OpenShell = Callable[[str], tuple[Shell, LoopbackServer]]


def respond(asked: Asked) -> Reply:
    """Two records with one of the names: the typed text says which. A third has the name as its id."""
    number = asked.query.get("search", "no-0").removeprefix("no-")
    name = _NAMES[int(number)]
    ids = (f"no-{number}-a", f"no-{number}-b", name)
    records = [{"id": each, "ca_id": each, **dict.fromkeys(_FIELDS, name)} for each in ids]
    return json_reply({"data": records, "next_cursor": None})


@pytest.fixture
def open_shell(tmp_path: Path) -> Iterator[OpenShell]:
    with ExitStack() as stack:

        def opened(name: str) -> tuple[Shell, LoopbackServer]:
            server = stack.enter_context(LoopbackServer(respond).running())
            return stack.enter_context(a_shell(name, tmp_path, server.url)), server

        yield opened


@pytest.mark.parametrize("name", SHELLS)
def test_no_shell_runs_a_name_that_it_shows_beside_an_id(name: str, open_shell: OpenShell) -> None:
    shell, _ = open_shell(name)
    shown = shell.complete([f"certctl certs get no-{number}" for number in range(len(_NAMES))])
    assert shell.made() == []
    assert {f"no-{number}-" for number in range(len(_NAMES)) if f"no-{number}-" not in shown} == set()


@pytest.mark.parametrize("name", SHELLS)
def test_no_command_that_completes_ids_lets_a_shell_run_a_name(name: str, open_shell: OpenShell) -> None:
    shell, server = open_shell(name)
    shell.complete(list(lines_to_complete()))
    assert shell.made() == []
    assert len(server.asked) >= _COMMANDS_WITH_IDS


def test_zsh_shows_any_text_as_it_is_even_text_that_was_not_reduced(tmp_path: Path) -> None:
    texts = [*_NAMES, r"""it's "one" \ $HOME `x` a:b (c) [d]"""]
    answers = {f"no-{number}": _answer(f"no-{number}", text) for number, text in enumerate(texts)}
    shell = of_a_stub("zsh", tmp_path, answers)
    shown = shell.complete([f"certctl certs get {each}" for each in answers])
    assert shell.made() == []
    assert texts[-1] in shown


def _answer(word: str, text: str) -> str:
    zsh = EvaluatedTwice.__new__(EvaluatedTwice)
    items = [zsh.format_completion(CompletionItem(f"{word}-{each}", help=text)) for each in "ab"]
    return "_arguments '*: :((" + "\n".join(items) + "))'"


def test_what_is_shown_beside_an_id_is_short_and_plain() -> None:
    assert reduced("*.Bücher.example, web-1_a=b @x") == "*.Bücher.example, web-1_a=b @x"
    assert reduced("a\\\"$`'<(x)>;&|\n\x1b\u202eb") == "a???????x????????b"
    assert len(reduced("a" * 1000)) == 80


def test_line_ends_and_escapes_are_blanks_for_zsh() -> None:
    assert quoted("a\nb\x1bc") == "a b c"
