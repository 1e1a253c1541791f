"""Writes docs/commands: `make reference`."""

import re
import shutil

from certctl_client.cli.examples import examples_of
from distribution.places import ROOT
from distribution.reference.commands import Command, Parameter, panels, program

FOLDER = ROOT / "docs" / "commands"
_HEAD = "<!-- Made by `make reference` from the commands themselves. -->\n\n"


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Text by file: an index, and a page for each heading of `certctl --help`."""
    certctl = program()
    commands = {command.words[1]: command for command in certctl.commands}
    texts = {
        file_of(panel): _page(panel, [commands[name] for name in names]) for panel, names in panels().items()
    }
    return {"README.md": _index(certctl)} | texts


def file_of(panel: str) -> str:
    return f"{panel.lower().replace(' ', '-')}.md"


def _index(certctl: Command) -> str:
    commands = {command.words[1]: command for command in certctl.commands}
    parts = [
        f"{_HEAD}# Commands\n",
        "Each command of `certctl` with its options, as `--help` has them; the Debian package has the same "
        "as man pages (`man certctl-certs`). [The command line](../../client/README.md) explains contexts, "
        "formats and exit codes.\n",
    ]
    for panel, names in panels().items():
        parts.append(f"## {panel}\n\n| command | |\n| --- | --- |")
        parts += [_row(name, file_of(panel), commands[name]) for name in names]
        parts.append("")
    parts.append(_parameters("Options before a command", certctl.options))
    return "\n".join(parts).rstrip() + "\n"


def _row(name: str, file: str, command: Command) -> str:
    return f"| [`certctl {name}`]({file}#certctl-{name}) | {_cell(_first(command.about))} |"


def _page(panel: str, commands: list[Command]) -> str:
    sections = [_section(each) for command in commands for each in command.below()]
    return "\n".join([f"{_HEAD}# {panel}\n", *sections]).rstrip() + "\n"


def _section(command: Command) -> str:
    parts = [f"{'#' * len(command.words)} {command.name}\n", f"{_plain(command.about)}\n"]
    if command.commands:
        return "\n".join(parts)
    parts.append(f"```usage\n{command.usage}\n```\n")
    if examples := examples_of(command.words[1:]):
        typed = "\n".join(f"$ {example}" for example in examples)
        parts.append(f"```console\n{typed}\n```\n")
    if command.arguments or command.options:
        parts.append(_parameters("Argument or option", (*command.arguments, *command.options)))
    return "\n".join(parts)


def _parameters(heading: str, parameters: tuple[Parameter, ...]) -> str:
    rows = "\n".join(f"| `{_cell(each.name)}` | {_cell(_plain(each.about))} |" for each in parameters)
    return f"| {heading} | |\n| --- | --- |\n{rows}\n"


def _first(about: str) -> str:
    return _plain(about.split("\n\n")[0])


def _plain(text: str) -> str:
    """Without what Markdown would read as markup."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([*_<>\[\]])", r"\\\1", part) for part in parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main()
