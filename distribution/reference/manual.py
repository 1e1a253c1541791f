"""Man pages: certctl(1), and one for each command below it. Prints a JSON object of texts by file name."""

import json
import re
import sys

from certctl_client.cli.examples import examples_of
from distribution.places import version
from distribution.reference.commands import Command, Parameter, panels, program

_EXIT = "0 done, 1 refused or failed, 2 usage, 3 not found, 4 a fault was found, 5 denied, 6 unreachable."


def main() -> None:
    json.dump(manual(), sys.stdout)


def manual() -> dict[str, str]:
    """Text by file, such as `certctl-certs.1`."""
    certctl = program()
    texts = {f"certctl-{each.words[1]}.1": _page_of(each) for each in certctl.commands}
    return {"certctl.1": _overview(certctl)} | texts


def _overview(certctl: Command) -> str:
    commands = {command.words[1]: command for command in certctl.commands}
    parts = [_head("certctl", certctl.about), ".SH SYNOPSIS", _bold(certctl.usage), ".SH DESCRIPTION"]
    parts.append(_paragraphs(certctl.about))
    for panel, names in panels().items():
        parts.append(f".SH {_text(panel.upper())}")
        for name in names:
            parts += [".TP", f".BR certctl\\-{_text(name)} (1)", _text(_first(commands[name].about))]
    parts += [".SH OPTIONS", *_parameters(certctl.options)]
    parts += [
        ".SH FILES",
        ".TP",
        ".I ~/.config/certctl/config.toml",
        "URLs, sessions and keys of the contexts. Mode 0600.",
    ]
    parts += [".SH ENVIRONMENT", ".TP", '.BR CERTCTL_URL ", " CERTCTL_API_KEY', "Override what is stored."]
    parts += [".TP", '.BR CERTCTL_CONTEXT ", " CERTCTL_CONFIG ", " CERTCTL_CA_CERT ", " CERTCTL_OUTPUT']
    parts += ["The context, the file of the contexts, a private CA of the server, and the format of results."]
    parts += [".SH EXIT STATUS", _text(_EXIT)]
    return "\n".join(parts) + "\n"


def _page_of(command: Command) -> str:
    parts = [_head("-".join(command.words), command.about), ".SH SYNOPSIS"]
    leaves = [each for each in command.below() if not each.commands]
    parts.append("\n.br\n".join(_bold(leaf.usage) for leaf in leaves))
    parts += [".SH DESCRIPTION", _paragraphs(command.about)]
    for leaf in leaves:
        if command.commands:
            parts += [f".SH {_text(leaf.name)}", _paragraphs(leaf.about)]
        else:
            parts.append(".SH OPTIONS")
        parts += _parameters((*leaf.arguments, *leaf.options))
        for example in examples_of(leaf.words[1:]):
            parts += [".PP", ".EX", f"$ {_text(example)}", ".EE"]
    parts += [".SH SEE ALSO", ".BR certctl (1)"]
    return "\n".join(parts) + "\n"


def _head(name: str, about: str) -> str:
    title = f'.TH {_text(name.upper())} 1 "" "certctl {version()}" "certctl"'
    return f"{title}\n.SH NAME\n{_text(name)} \\- {_text(_first(about).rstrip('.'))}"


def _parameters(parameters: tuple[Parameter, ...]) -> list[str]:
    return [line for each in parameters for line in (".TP", _bold(each.name), _text(each.about) or "\\&")]


def _bold(text: str) -> str:
    return f'.B "{_text(text).replace(chr(34), chr(34) * 2)}"'


def _paragraphs(text: str) -> str:
    return "\n.PP\n".join(_text(part) for part in text.split("\n\n"))


def _first(about: str) -> str:
    return about.split("\n\n")[0]


def _text(text: str) -> str:
    """Text in which roff finds no request, escape or hyphenation of options."""
    escaped = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped)


if __name__ == "__main__":
    main()
