"""Apache httpd: the files that `apachectl -D DUMP_INCLUDES` names, and the virtual hosts in them."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from certctl_client.agent.discovery.findings import Commands, Mention, Server, VirtualHost
from certctl_client.agent.discovery.reading import DEEPEST, Files, native, output_of, real_path
from certctl_client.errors import CommandError

_DUMPS = ("-t", "-D", "DUMP_INCLUDES", "-D", "DUMP_VHOSTS", "-D", "DUMP_RUN_CFG")
_INCLUDED = re.compile(r"^( +)\((\*|\d+)\) (.+)$", re.MULTILINE)
_ROOT = re.compile(r'^ServerRoot: "(.*)"$', re.MULTILINE)
_DEFINED = re.compile(r"^Define: ([^=\n]+)=(.*)$", re.MULTILINE)
_ACTIVE = re.compile(r" \((/[^\n]*):(\d+)\)$", re.MULTILINE)
_VARIABLE = re.compile(r"\$\{([^}:]+)\}")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|(\S+)')
_CERTIFICATE, _KEY, _CHAIN = "sslcertificatefile", "sslcertificatekeyfile", "sslcertificatechainfile"


@dataclass(frozen=True)
class Line:
    """A directive. `name` is in lower case, `at` the place of the first argument, `begins` the first byte."""

    name: str
    words: Sequence[str]
    at: Mention
    begins: int


@dataclass(frozen=True)
class Included:
    """A file of the configuration, and those that it includes, by the number of the line."""

    path: Path
    inside: list[tuple[int, "Included"]] = field(default_factory=list)


def server_of(commands: Commands) -> Server:
    """Raises CommandError if Apache does not accept its configuration."""
    dump = output_of([*commands.base, *_DUMPS])
    main = included_in(dump)
    root = _ROOT.search(dump)
    home = Path(native(root[1])) if root else main.path.parent
    variables: dict[str, str] = dict(_DEFINED.findall(dump))
    blocks = list(_blocks(lines_of(main, Files()), active_in(dump)))
    return Server("Apache", commands, home, list(_hosts(blocks, home, variables)))


def included_in(dump: str) -> Included:
    """The tree of files of DUMP_INCLUDES, whose indentation says which file includes which. Raises
    CommandError."""
    above: list[tuple[int, Included]] = []
    main: Included | None = None
    for indentation, line, path in _INCLUDED.findall(dump):
        each = Included(Path(native(path)))
        while above and above[-1][0] >= len(indentation):
            above.pop()
        if line != "*" and above:
            above[-1][1].inside.append((int(line), each))
        main = main or each
        above.append((len(indentation), each))
    if main is None:
        raise CommandError("Apache's dump names no configuration file.")
    return main


def lines_of(file: Included, files: Files, depth: int = 0) -> Iterator[Line]:
    """Directives of a file, with those of included files behind the line that includes them. Raises
    CommandError."""
    if depth > DEEPEST:
        raise CommandError(f"{file.path} is included more than {DEEPEST} levels deep.")
    ahead = list(file.inside)
    for line in directives_in(files.text(file.path), real_path(file.path)):
        yield line
        while ahead and ahead[0][0] <= line.at.line:
            yield from lines_of(ahead.pop(0)[1], files, depth + 1)
    for _, each in ahead:
        yield from lines_of(each, files, depth + 1)


def directives_in(text: str, file: Path) -> Iterator[Line]:
    """Directives of one file. A backslash at the end continues a line."""
    start, number = 0, 1
    while start < len(text):
        end = _end_of_line(text, start)
        found = list(_WORD.finditer(text[start:end].replace("\\\n", "  ")))
        if found and not found[0][0].startswith("#"):
            yield _line(found, file, number, start)
        number, start = number + text.count("\n", start, end + 1), end + 1


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    while end > start and text[end - 1] == "\\":
        end = text.find("\n", end + 1)
    return len(text) if end < 0 else end


def _line(found: Sequence[re.Match[str]], file: Path, number: int, start: int) -> Line:
    words = [_unquoted(each) for each in found]
    word = found[1] if len(found) > 1 else found[0]
    at = Mention(file, number, start + word.start(), start + word.end())
    return Line(words[0].lower(), words[1:], at, start + found[0].start())


def _unquoted(found: re.Match[str]) -> str:
    quoted = found[1] if found[1] is not None else found[2]
    return found[0] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def active_in(dump: str) -> set[tuple[Path, int]]:
    """File and line of each virtual host that Apache has loaded: others stand in an <IfDefine> that does not
    apply."""
    return {(real_path(Path(native(path))), int(line)) for path, line in _ACTIVE.findall(dump)}


def _blocks(lines: Iterable[Line], active: Container[tuple[Path, int]]) -> Iterator[list[Line]]:
    """The lines of each active virtual host, which begin with its <VirtualHost>; those of the main server
    come last."""
    main: list[Line] = []
    block = main
    for line in lines:
        if line.name == "<virtualhost":
            block = []
        block.append(line)
        if line.name == "</virtualhost>":
            if (block[0].at.file, block[0].at.line) in active:
                yield block
            block = main
    yield main


def _hosts(blocks: Sequence[list[Line]], home: Path, variables: Mapping[str, str]) -> Iterator[VirtualHost]:
    """Virtual hosts with TLS; one without a certificate of its own has the main server's."""
    main = blocks[-1]
    for block in blocks[:-1]:
        yield from _pairs(block, main, home, variables)
    if _has_tls(main):
        yield from _pairs([*_listening(main), *main], (), home, variables)


def _listening(main: Sequence[Line]) -> Iterator[Line]:
    """The `Listen` lines of a server without virtual hosts, as the addresses of one."""
    yield from (replace(line, name="<virtualhost") for line in main if line.name == "listen")


def _has_tls(lines: Sequence[Line]) -> bool:
    switches = [line.words[0].lower() for line in lines if line.name == "sslengine" and line.words]
    return bool(switches) and switches[-1] in ("on", "optional")


def _pairs(
    host: Sequence[Line], main: Sequence[Line], home: Path, variables: Mapping[str, str]
) -> Iterator[VirtualHost]:
    """The n-th SSLCertificateFile belongs to the n-th SSLCertificateKeyFile."""
    if not _has_tls([*main, *host]):
        return
    source = host if any(line.name == _CERTIFICATE for line in host) else main
    certificates, keys, chains = (_named(source, name) for name in (_CERTIFICATE, _KEY, _CHAIN))
    chain = chains[-1] if chains else None
    for number, line in enumerate(certificates):
        key = keys[number] if number < len(keys) else None
        yield VirtualHost(
            _names(host, variables),
            list(_addresses(host, variables)),
            _path(line, home, variables),
            line.at,
            _path(key, home, variables) if key else None,
            key.at if key else None,
            _path(chain, home, variables) if chain else None,
            replace(chain.at, start=chain.begins, end=chain.begins) if chain else None,
            hindrance=_hindrance([line, *([key] if key else [])], variables),
        )


def _named(lines: Sequence[Line], name: str) -> list[Line]:
    return [line for line in lines if line.name == name and line.words]


def _names(host: Sequence[Line], variables: Mapping[str, str]) -> list[str]:
    words = [word for line in host if line.name in ("servername", "serveralias") for word in line.words]
    bare = [_filled(word, variables).lower().rpartition("://")[2] for word in words]
    return [re.sub(r":\d+$", "", name) for name in bare]


def _addresses(host: Sequence[Line], variables: Mapping[str, str]) -> Iterator[str]:
    words = [word for line in host if line.name == "<virtualhost" for word in line.words]
    for word in words:
        address = _filled(word.rstrip(">"), variables)
        if address.isdigit():
            yield f"*:{address}"
        elif re.search(r":\d+$", address):
            yield address.replace("_default_", "*")


def _path(line: Line, home: Path, variables: Mapping[str, str]) -> Path:
    return home / native(_filled(line.words[0], variables))


def _filled(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), text)


def _hindrance(lines: Sequence[Line], variables: Mapping[str, str]) -> str:
    for line in lines:
        text = _filled(line.words[0], variables)
        if "${" in text:
            return f"{text} contains a variable that Apache's dump does not show"
        if text.startswith(("pkcs11:", "store:")):
            return f"{text.partition(':')[0]}: is not a file"
    return ""
