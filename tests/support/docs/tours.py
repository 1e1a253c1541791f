"""Runs the `console` blocks of a page against a stack and compares, or writes, what they show."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.docs import places
from tests.support.docs.terminal import Shown, Terminal, masked, shown
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

_CERTCTL = '#!/bin/sh\nPYTHONPATH="{client}" exec "{python}" -m certctl_client "$@"\n'
_MAKE = """#!/bin/sh
# For the stack of the test, from any folder.
for word; do case $word in -*|*/*) ;; *) words="$words $word";; esac; done
exec /usr/bin/env -i HOME="$HOME" PATH="{path}" make -s -C "{root}" $words LOCAL_DIR="{directory}"
"""


@dataclass(frozen=True)
class Tour:
    """One page, in one shell that stands in `folder`."""

    page: str
    test: str
    """The test that runs it, as places.toml names it."""
    stack: LocalStack
    folder: Path
    other_words: Mapping[str, str] = field(default_factory=dict)
    """What the page writes, such as a port, and what is typed instead."""

    def run(self) -> list[tuple[Shown, str]]:
        """Commands that show something else, with what they show. CERTCTL_GOLDEN=write writes that."""
        terminal = Terminal(self.folder, self._environment())
        try:
            ran = [(wanted, self._output(terminal, wanted)) for wanted in self._commands()]
        finally:
            terminal.close()
        different = [(wanted, output) for wanted, output in ran if masked(output) != masked(wanted.output)]
        assert len(ran) > 3
        if os.environ.get("CERTCTL_GOLDEN") == "write":
            self._write(different)
            return []
        return different

    def _commands(self) -> list[Shown]:
        return [each for block in places.blocks_run_by(self.test, self.page) for each in shown(block.text)]

    def _output(self, terminal: Terminal, wanted: Shown) -> str:
        command = wanted.command
        for word, other in self.other_words.items():
            command = command.replace(word, other)
        began = time.monotonic()
        output = terminal.run(Shown(command, wanted.output))
        # shown if the test fails
        print(f"{time.monotonic() - began:6.1f} s  {wanted.command[:100]}")  # noqa: T201
        return output

    def _environment(self) -> dict[str, str]:
        tools = self.folder.parent / "tools"
        tools.mkdir(exist_ok=True)
        path = os.environ["PATH"]
        _program(tools / "certctl", _CERTCTL.format(client=ROOT / "client", python=sys.executable))
        _program(tools / "make", _MAKE.format(path=path, root=ROOT, directory=self.stack.directory))
        return {
            "CERTCTL_URL": self.stack.url,
            "CERTCTL_API_KEY": self.stack.outputs["api_key"],
            "CERTCTL_CONFIG": str(self.folder / "config.toml"),
            "PATH": f"{tools}:{path}:/usr/sbin",
            "COLUMNS": "110",
        }

    def _write(self, different: list[tuple[Shown, str]]) -> None:
        rest, done = (ROOT / self.page).read_text("utf-8"), ""
        for wanted, output in different:
            before, found, rest = rest.partition(f"$ {wanted.command}\n{wanted.output}")
            assert found, wanted.command
            shown_now = f"{output.rstrip()}\n" if output.strip() else ""
            done += f"{before}$ {wanted.command}\n{shown_now}"
        (ROOT / self.page).write_text(done + rest, "utf-8")


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
