"""What a person asks to import: directories, files, standard input; and the passwords for them."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded
from certctl_client.importing.formats.pkcs12 import Passwords
from certctl_client.importing.found import Finding, Found
from certctl_client.importing.limits import INPUT_BYTES
from certctl_client.importing.scanning import Scan
from certctl_client.importing.tally import Tally

_STANDARD_INPUT = Path("-")
_PASSWORD_FILE_BYTES = 16 * 1024
_MOST_PASSWORDS = 20
_GROUP_AND_OTHERS = 0o077


@dataclass(frozen=True)
class Sources:
    places: Sequence[Path]
    scan: Scan
    tally: Tally = field(default_factory=Tally)

    def found(self) -> Iterator[Found]:
        """The certificates of all places, one after another. Raises CommandError."""
        for place in self.places:
            yield from self.tally.found_in(self._findings(place))

    def _findings(self, place: Path) -> Iterator[Finding]:
        if place == _STANDARD_INPUT:
            return self.scan.text(sys.stdin.buffer.read(INPUT_BYTES + 1))
        try:
            return self.scan.directory(place.resolve(strict=True)) if place.is_dir() else self._file(place)
        except OSError as error:
            raise ConfigurationError(f"{place} cannot be read: {error.strerror}.") from None

    def _file(self, file: Path) -> Iterator[Finding]:
        if not os.path.lexists(file):
            raise ConfigurationError(f"{file} does not exist.")
        return self.scan.file(file)


def passwords_from(file: Path | None, ask: Callable[[], str]) -> Passwords:
    """The lines of the file. Without one a person is asked, once and only if a file needs a password. Raises
    ConfigurationError if others may read the file."""
    if file is not None:
        listed = _lines_of(file)
        return lambda: listed
    asked = list[str]()

    def once() -> Sequence[str]:
        if not asked:
            asked.append(ask())
        return asked

    return once


def _lines_of(file: Path) -> list[str]:
    content = read_bounded(file, _PASSWORD_FILE_BYTES)
    if os.name == "posix" and file.stat().st_mode & _GROUP_AND_OTHERS:
        raise ConfigurationError(f"Others may read {file}.", f"Run `chmod 600 {file}`.")
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is no text in UTF-8.") from None
    if len(lines) > _MOST_PASSWORDS:
        raise CommandError(f"{file} has more than {_MOST_PASSWORDS} passwords.")
    return lines
