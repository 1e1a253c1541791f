"""`certctl` commands of the pages against the options that the command line has. Nothing runs."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from certctl_client.cli.application import app
from certctl_client.cli.lazy import built

_ELLIPSES = {"...", "…"}


def arguments_of(words: list[str]) -> list[str] | None:
    """What follows `certctl`, also behind `runuser ... --`; None if it is not run."""
    for at, word in enumerate(words):
        if Path(word).name == "certctl" and (at == 0 or words[0] in _RUNNERS or words[at - 1] == "--"):
            return words[at + 1 :]
    return None


_RUNNERS = {"sudo", "exec", "time", "watch", "if", "then", "do", "while", "!", "xargs", "timeout", "command"}


def fault(arguments: list[str], *, whole: bool = True) -> str | None:
    """What the command line would refuse; arguments may be missing unless the command is `whole`."""
    command: Any = built(app, "certctl")
    context: Any = None
    path = ["certctl"]
    rest = [word for word in arguments if word not in _ELLIPSES]
    while hasattr(command, "list_commands"):
        rest = _past_options(command, rest)
        if not rest:
            return None
        name, *rest = rest
        context = command.context_class(command, info_name=path[-1], parent=context)
        if name not in command.commands:
            return f"{' '.join(path)} has no command {name}"
        command = command.resolve_command(context, [name])[1]
        path.append(name)
    return _fault_of_options(command, rest, whole)


def _past_options(group: Any, rest: list[str]) -> list[str]:
    """Options that stand between `certctl` and the command."""
    taking = {opt: not parameter.is_flag for parameter in _options(group) for opt in parameter.opts}
    while rest and rest[0].startswith("-"):
        name, _, value = rest[0].partition("=")
        rest = rest[2:] if taking.get(name) and not value else rest[1:]
    return rest


def _options(command: Any) -> list[Any]:
    return [parameter for parameter in command.params if parameter.param_type_name == "option"]


def _fault_of_options(command: Any, rest: list[str], whole: bool) -> str | None:
    known = {opt for parameter in command.params for opt in [*parameter.opts, *parameter.secondary_opts]} | {
        "--help",
        "-h",
    }
    for word in rest:
        if word == "--":
            break
        if word.startswith("--") and word.partition("=")[0] not in known:
            return f"certctl {command.name} has no option {word}"
    return _fault_of_values(command, rest) if whole else None


def _fault_of_values(command: Any, rest: list[str]) -> str | None:
    if "--help" in rest or "-h" in rest:
        return None
    context = command.context_class(command, info_name=command.name)
    try:
        values, left, _ = command.make_parser(context).parse_args(list(rest))
    except Exception as refused:
        return f"certctl {command.name}: {getattr(refused, 'message', refused)}"
    if left:
        return f"certctl {command.name} takes no further {left[0]}"
    for parameter in command.params:
        given = values.get(parameter.name)
        if given is None or given == ():
            if parameter.required:
                return f"certctl {command.name} needs {parameter.opts[0]}"
        elif wrong := _wrong_choice(parameter, given):
            return f"certctl {command.name}: {wrong}"
    return None


def _wrong_choice(parameter: Any, given: Any) -> str | None:
    choices = set(_choices(parameter.type_descriptor.annotation))
    each = given if isinstance(given, list | tuple) else [given]
    for value in each:
        if choices and isinstance(value, str) and not value.startswith("$") and value not in choices:
            return f"{value} is none of {', '.join(sorted(choices))}"
    return None


def _choices(annotation: Any) -> Iterator[str]:
    """The choices of a Literal or an Enum, alone or in a list or a union."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    elif get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for inner in get_args(annotation):
            yield from _choices(inner)
