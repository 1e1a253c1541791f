"""Real shells that complete lines of `certctl` by its own scripts, and would run what is completed."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer._completion_shared import get_completion_script

from tests.support.client.commands import every_command
from tests.support.client.forked import forked_certctl
from tests.support.client.terminal import in_a_terminal
from tests.support.template import ROOT

_TAB, _FINISH, _DONE = "\t", "\x07", "<done>"
_ZSH = f"""
PS1= RPS1= LISTMAX=100000
unsetopt list_ambiguous
autoload -Uz compinit && compinit -u -D
source ./script
finish() {{ BUFFER=; zle -I; print -r -- '{_DONE}' }}
zle -N finish
bindkey '^G' finish
print -r -- '{_DONE}'
"""
_BASH = """
source ./script
while IFS= read -r line; do
  read -ra COMP_WORDS <<< "$line"
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _certctl_completion certctl
  for each in "${COMPREPLY[@]}"; do
    printf '%s\\n' "$each"
    eval ": ${line% *} $each"
  done
done < ./lines
"""
_FISH = """
source ./script
cat ./lines | while read -l line
  complete -C "$line"
end
"""


@dataclass(frozen=True)
class Shell:
    """`directory` has what a name made, if one ran. `offered` is all that the shell has shown."""

    name: str
    directory: Path
    environment: Mapping[str, str]

    def complete(self, lines: Sequence[str]) -> str:
        """Presses Tab after each line; returns what was shown."""
        (self.directory / "lines").write_text("".join(f"{line}\n" for line in lines))
        return _COMPLETERS[self.name](self, lines)

    def made(self) -> list[str]:
        """The files that names have made."""
        return sorted(path.name for path in self.directory.glob("ran-*"))

    def run(self, *arguments: str, pasted: str = "") -> str:
        """All that the shell prints."""
        ran = subprocess.run(
            [self.name, *arguments],
            env=self.environment,
            cwd=self.directory,
            input=pasted,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.stdout + ran.stderr


@contextmanager
def a_shell(name: str, directory: Path, url: str, client: Path = ROOT / "client") -> Iterator[Shell]:
    """A shell with the completion of `certctl`, which asks the server at the URL."""
    with forked_certctl(directory, client) as programs:
        server = {"CERTCTL_URL": url, "CERTCTL_API_KEY": "certctl_x"}
        yield _opened(name, directory, programs, server)


def of_a_stub(name: str, directory: Path, answers: Mapping[str, str]) -> Shell:
    """A shell with a `certctl` that prints an answer for each last word of a line."""
    for word, answer in answers.items():
        (directory / word).write_text(answer)
    stub = directory / "certctl"
    stub.write_text(f'#!/bin/sh\ncat "{directory}/${{_TYPER_COMPLETE_ARGS##* }}"\n')
    stub.chmod(0o755)
    return _opened(name, directory, directory, {})


def _opened(name: str, directory: Path, programs: Path, server: Mapping[str, str]) -> Shell:
    if shutil.which(name) is None:
        reason = f"{name} is missing: apt-get install {name}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    home = directory / "home"
    home.mkdir()
    path = f"{programs}:{os.environ['PATH']}"
    script = get_completion_script(prog_name="certctl", complete_var="_CERTCTL_COMPLETE", shell=name)
    (home / "script").write_text(script)
    return Shell(name, home, {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", **server})


def _in_zsh(shell: Shell, lines: Sequence[str]) -> str:
    (shell.directory / "setup").write_text(_ZSH)
    with in_a_terminal("zsh", "-f", "-i", environment=shell.environment, directory=shell.directory) as zsh:
        zsh.type("source ./setup")
        zsh.read_until(_DONE)
        shown = ""
        for line in lines:
            zsh.shown = ""
            zsh.press(f"{line}{_TAB}{_FINISH}")
            zsh.read_until(_DONE)
            shown += zsh.shown
        return shown


def _in_bash(shell: Shell, lines: Sequence[str]) -> str:
    return shell.run("--norc", "-c", _BASH)


def _in_fish(shell: Shell, lines: Sequence[str]) -> str:
    return shell.run("--no-config", "-c", _FISH)


_COMPLETERS: Mapping[str, Callable[[Shell, Sequence[str]], str]] = {
    "zsh": _in_zsh,
    "bash": _in_bash,
    "fish": _in_fish,
}
SHELLS = tuple(_COMPLETERS)


def lines_to_complete() -> Iterator[str]:
    """A line for each argument and option with a completion of its own, up to the text to be completed."""
    for path, command in every_command():
        before = ["certctl", *path]
        for parameter in command.params:
            is_argument = parameter.param_type_name == "argument"
            if parameter._custom_shell_complete is not None:
                flag = [] if is_argument else [parameter.opts[0]]
                yield " ".join([*(before if is_argument else ["certctl", *path]), *flag, ""])
            if is_argument:
                before.append("x")
