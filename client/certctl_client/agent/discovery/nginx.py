"""NGINX: the files that `nginx -T` reads, parsed as NGINX parses them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from glob import glob
from pathlib import Path

from certctl_client.agent.discovery.findings import Commands, Mention, Server, VirtualHost
from certctl_client.agent.discovery.reading import DEEPEST, Files, native, output_of, real_path
from certctl_client.errors import CommandError

_FIRST_FILE = re.compile(r"^# configuration file (.+):$", re.MULTILINE)
_WORD = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<mark>[;{}])
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | '(?P<single>(?:[^'\\]|\\.)*)'
      | (?P<plain>(?:\\.|\$\{[^}\s]*\}|[^\s;{}"'\\])(?:\\.|\$\{[^}\s]*\}|[^\s;{}\\])*)""",
    re.VERBOSE | re.DOTALL,
)
_BLOCK_OF_CODE = "_by_lua_block"


@dataclass(frozen=True)
class Word:
    """`is_mark`: one of `;`, `{` and `}` without quotes."""

    text: str
    at: Mention
    is_mark: bool = False


@dataclass(frozen=True)
class Directive:
    """`inside` are the directives of its block, with those of included files in their place."""

    name: str
    words: Sequence[Word]
    inside: Sequence["Directive"] = ()

    def all(self, name: str) -> Iterator["Directive"]:
        return (each for each in self.inside if each.name == name)


def server_of(commands: Commands) -> Server:
    """Raises CommandError if NGINX does not accept its configuration."""
    dump = output_of([*commands.base, "-T"])
    first = _FIRST_FILE.search(dump)
    if first is None:
        raise CommandError("`nginx -T` names no configuration file.")
    main = Path(native(first[1]))
    reader = Reader(main.parent)
    hosts = [host for section in reader.parsed(main) for host in _hosts(section, main.parent)]
    return Server("NGINX", commands, main.parent, hosts)


@dataclass(frozen=True)
class Reader:
    """`home` is the directory to which relative paths belong."""

    home: Path
    files: Files = field(default_factory=Files)

    def parsed(self, path: Path, depth: int = 0) -> list[Directive]:
        """Directives of a file and of what it includes. Raises CommandError, also for what NGINX would not
        accept."""
        if depth > DEEPEST:
            raise CommandError(f"{path} is included more than {DEEPEST} levels deep, perhaps in a circle.")
        words = words_in(self.files.text(path), real_path(path))
        return list(self._expanded(tree_of(words), depth))

    def _expanded(self, directives: Sequence[Directive], depth: int) -> Iterator[Directive]:
        if depth > DEEPEST:
            raise CommandError(f"Blocks are nested more than {DEEPEST} levels deep.")
        for each in directives:
            if each.name == "include" and each.words:
                for path in self._included(each.words[0].text):
                    yield from self.parsed(path, depth + 1)
            else:
                yield replace(each, inside=list(self._expanded(each.inside, depth + 1)))

    def _included(self, pattern: str) -> Iterator[Path]:
        """Paths that match the pattern, as glob(3): unlike Path.glob, without those that begin with a dot."""
        absolute = str(self.home / native(pattern))
        return (Path(each) for each in sorted(glob(absolute)))  # noqa: PTH207 - see above


def tree_of(words: Iterable[Word]) -> list[Directive]:
    """Directives with those of their blocks, includes not followed."""
    levels: list[list[Directive]] = [[]]
    statement: list[Word] = []
    for word in words:
        mark = word.text if word.is_mark else ""
        if not mark:
            statement.append(word)
            continue
        if mark in ";{" and statement:
            inside: list[Directive] = []
            levels[-1].append(Directive(statement[0].text, statement[1:], inside))
            levels += [inside] if mark == "{" else []
        elif mark == "}" and len(levels) > 1:
            levels.pop()
        statement = []
    return levels[0]


def words_in(text: str, file: Path) -> Iterator[Word]:
    """Words and marks. Blocks of Lua are left out. Raises CommandError for an unfinished string."""
    at, line, last = 0, 1, ""
    while at < len(text):
        if text[at] == "{" and last.endswith(_BLOCK_OF_CODE):
            end = _end_of_code(text, at)
            yield Word(";", Mention(file, line, at, at + 1), is_mark=True)
            line, at, last = line + text.count("\n", at, end), end, ""
            continue
        found = _WORD.match(text, at)
        if found is None:
            raise CommandError(f"{file}:{line} is not what NGINX reads.")
        if found.lastgroup != "space":
            last = re.sub(r"\\(.)", r"\1", found[found.lastgroup or 0], flags=re.DOTALL)
            yield Word(last, Mention(file, line, at, found.end()), found.lastgroup == "mark")
        line, at = line + text.count("\n", at, found.end()), found.end()


def _end_of_code(text: str, start: int) -> int:
    depth, at = 0, start
    while at < len(text):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            break
    return at


def _hosts(section: Directive, home: Path) -> Iterator[VirtualHost]:
    """Virtual hosts of `http`, `stream` or `mail`, whose certificates serve the servers without any."""
    for server in section.all("server"):
        addresses = list(_addresses(server))
        source = server if any(server.all("ssl_certificate")) else section
        if addresses:
            yield from _pairs(source, _names(server), addresses, home)


def _pairs(
    source: Directive, names: Sequence[str], addresses: Sequence[str], home: Path
) -> Iterator[VirtualHost]:
    """The n-th `ssl_certificate` belongs to the n-th `ssl_certificate_key`."""
    certificates = [each.words[0] for each in source.all("ssl_certificate") if each.words]
    keys = [each.words[0] for each in source.all("ssl_certificate_key") if each.words]
    for number, certificate in enumerate(certificates):
        key = keys[number] if number < len(keys) else None
        yield VirtualHost(
            names,
            addresses,
            home / native(certificate.text),
            certificate.at,
            home / native(key.text) if key else None,
            key.at if key else None,
            hindrance=_hindrance(certificate, key),
        )


def _hindrance(certificate: Word, key: Word | None) -> str:
    if key is None:
        return "ssl_certificate has no ssl_certificate_key beside it"
    for word in (certificate, key):
        if "$" in word.text:
            return f"{word.text} contains a variable: name the files of each server instead"
        if word.text.startswith(("data:", "engine:", "store:")):
            return f"{word.text.partition(':')[0]}: is not a file"
    return ""


def _names(server: Directive) -> list[str]:
    texts = [word.text for each in server.all("server_name") for word in each.words]
    return [text.lower() for text in texts if text not in ("", "_")]


def _addresses(server: Directive) -> Iterator[str]:
    """Addresses with TLS."""
    is_ssl = any(word.text == "on" for each in server.all("ssl") for word in each.words)
    for each in server.all("listen"):
        texts = [word.text for word in each.words]
        if texts and (is_ssl or "ssl" in texts[1:]) and not texts[0].startswith("unix:"):
            yield f"*:{texts[0]}" if texts[0].isdigit() else texts[0]
