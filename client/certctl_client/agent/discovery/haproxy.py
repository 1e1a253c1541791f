"""HAProxy: certificates of `bind` lines, by file, directory and crt-list. HAProxy has no dump of its own."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from certctl_client.agent.discovery.findings import Commands, Mention, Server, VirtualHost
from certctl_client.agent.discovery.reading import Files, native, real_path
from certctl_client.errors import CommandError

_SECTIONS = frozenset(
    (
        *("global", "defaults", "frontend", "listen", "backend", "peers", "resolvers", "mailers", "userlist"),
        *("cache", "program", "ring", "http-errors", "fcgi-app", "log-forward", "log-profile", "crt-store"),
        *("traces", "acme"),
    )
)
_WORD = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\\#])+|\#.*""")
_QUOTES = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|\\(.)')
_BUNDLED = (".rsa", ".ecdsa", ".dsa")
_BESIDE = (".key", ".ocsp", ".issuer", ".sctl")
_MOST_IN_A_DIRECTORY = 1_000


@dataclass(frozen=True)
class Word:
    text: str
    at: Mention


@dataclass(frozen=True)
class Line:
    """`section` is the keyword of its section, like `frontend`."""

    section: str
    words: Sequence[Word]

    def argument(self, name: str) -> Word | None:
        return next(iter(self.arguments(name)), None)

    def arguments(self, name: str) -> Iterator[Word]:
        """The words behind each `name`."""
        for word, following in pairwise(self.words):
            if word.text == name:
                yield following


def server_of(commands: Commands) -> Server:
    """Raises CommandError if a file cannot be read."""
    paths = configuration_files(commands.base)
    files = Files()
    lines = [line for path in paths for line in lines_in(files.text(path), real_path(path))]
    reader = Reader(files, _base_of(lines, real_path(paths[0]).parent))
    hosts = [host for line in lines for host in reader.hosts(line)]
    problems = [*reader.problems, *_stores(lines)]
    return Server("HAProxy", commands, real_path(paths[0]).parent, hosts, problems)


def configuration_files(command: Sequence[str]) -> list[Path]:
    """The files of each `-f`; of a directory those that end with .cfg, as HAProxy reads them."""
    named = [Path(word) for flag, word in pairwise(command) if flag == "-f"]
    found = [each for path in named for each in (_in_directory(path, ".cfg") if path.is_dir() else [path])]
    if not found:
        raise CommandError("HAProxy's command names no configuration.", "Give it with -f FILE.")
    return found


def lines_in(text: str, file: Path) -> Iterator[Line]:
    section, start = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        words = [_word(found, file, number, start) for found in _WORD.finditer(line)]
        kept = words[: next((n for n, word in enumerate(words) if word.text.startswith("#")), len(words))]
        if kept:
            section = kept[0].text if kept[0].text in _SECTIONS else section
            yield Line(section, kept)
        start += len(line) + 1


def _word(found: re.Match[str], file: Path, line: int, start: int) -> Word:
    at = Mention(file, line, start + found.start(), start + found.end())
    text = found[0] if found[0].startswith("#") else _QUOTES.sub(_content, found[0])
    return Word(text, at)


def _content(found: re.Match[str]) -> str:
    double, single, escaped = found.groups()
    return re.sub(r"\\(.)", r"\1", double) if double is not None else (single or escaped or "")


def _base_of(lines: Sequence[Line], home: Path) -> Path:
    """`crt-base` of the global section, which paths without a slash at their start belong to."""
    bases = [line.words[1].text for line in lines if line.words[0].text == "crt-base" and len(line.words) > 1]
    return Path(bases[-1]) if bases else home


def _stores(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line.section == "crt-store" and line.words[0].text == "load":
            yield f"{line.words[0].at} loads a certificate into a crt-store: move it by hand."


@dataclass(frozen=True)
class Reader:
    """`base` is the directory of relative paths."""

    files: Files
    base: Path
    problems: list[str] = field(default_factory=list)

    def hosts(self, line: Line) -> Iterator[VirtualHost]:
        """Certificates of a `bind` line."""
        if line.words[0].text != "bind" or len(line.words) < 2:
            return
        addresses = [_address(each) for each in line.words[1].text.split(",")]
        for word in line.arguments("crt"):
            yield from self._named(word, addresses, ())
        for word in line.arguments("crt-list"):
            yield from self._listed(word, addresses)

    def _named(self, word: Word, addresses: Sequence[str], names: Sequence[str]) -> Iterator[VirtualHost]:
        path = self.base / native(word.text)
        found = VirtualHost(names, addresses, path, word.at, hindrance=_hindrance(word.text))
        if path.is_dir():
            try:
                paths = _in_directory(path)
            except CommandError as error:
                self.problems.append(error.message)
                return
            yield from (_beside_key(replace(found, certificate=each, folder=path)) for each in paths)
        elif path.exists() or not _bundled(path):
            yield _beside_key(found)
        else:
            reason = f"{path} stands for several files: name each of them in the configuration"
            yield from (replace(found, certificate=each, hindrance=reason) for each in _bundled(path))

    def _listed(self, word: Word, addresses: Sequence[str]) -> Iterator[VirtualHost]:
        """Certificates of a crt-list; names that it leaves out with `!` are left out here."""
        path = self.base / native(word.text)
        try:
            lines = list(lines_in(self.files.text(path), real_path(path)))
        except CommandError as error:
            self.problems.append(error.message)
            return
        for line in lines:
            yield from self._named(line.words[0], addresses, _filters(line.words[1:]))


def _filters(words: Sequence[Word]) -> list[str]:
    """The names behind the options, which stand in square brackets."""
    text = re.sub(r"\[[^\]]*\]", " ", " ".join(word.text for word in words))
    return [name.lower() for name in text.split() if not name.startswith("!")]


def _in_directory(path: Path, ending: str = "") -> list[Path]:
    """Files that HAProxy loads from a directory, sorted. Raises CommandError."""
    try:
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_file())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    if len(names) > _MOST_IN_A_DIRECTORY:
        raise CommandError(f"{path} has more than {_MOST_IN_A_DIRECTORY} files.")
    return [
        path / name for name in names if not name.startswith(".") and name.endswith(ending) and _is_main(name)
    ]


def _is_main(name: str) -> bool:
    return not name.endswith(_BESIDE)


def _bundled(path: Path) -> list[Path]:
    """The files of `crt site.pem` that are named site.pem.rsa and site.pem.ecdsa."""
    return [each for ending in _BUNDLED if (each := path.with_name(path.name + ending)).is_file()]


def _beside_key(found: VirtualHost) -> VirtualHost:
    """HAProxy loads the key from `FILE.key` if the file has none."""
    key = found.certificate.with_name(found.certificate.name + ".key")
    return replace(found, key=key) if key.is_file() else found


def _hindrance(text: str) -> str:
    if "$" in text:
        return f"{text} contains a variable: name the file itself"
    return f"{text} is the name of a store, not a file" if text.startswith("@") else ""


def _address(text: str) -> str:
    """HAProxy's `:443` is any address."""
    bare = re.sub(r"^(ipv4|ipv6|quic4|quic6)@", "", text)
    return f"*{bare}" if bare.startswith(":") else bare
