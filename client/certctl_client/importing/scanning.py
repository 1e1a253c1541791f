"""Certificates of files and directories, one after another: memory does not grow with their number."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from certctl_client.importing.chains import chains_of
from certctl_client.importing.formats.contents import groups_of
from certctl_client.importing.formats.pkcs12 import Passwords
from certctl_client.importing.formats.private_keys import sentence
from certctl_client.importing.found import (
    Contents,
    Finding,
    Found,
    KeyLeft,
    NoCertificate,
    Refused,
    TrustStore,
    Unreadable,
)
from certctl_client.importing.layouts import Layouts
from certctl_client.importing.limits import INPUT_BYTES, MIB, PLACE_CHARACTERS
from certctl_client.importing.opening import read_file
from certctl_client.importing.walking import Candidate, Tree


@dataclass
class Scan:
    """A scan of files. `files` counts what was opened, `others` the files that hold nothing."""

    passwords: Passwords
    files: int = 0
    others: int = 0
    layouts: Layouts = field(default_factory=Layouts)

    def directory(self, directory: Path) -> Iterator[Finding]:
        """Raises OSError if the directory cannot be read."""
        tree = Tree.at(directory)
        for each in tree.files():
            if isinstance(each, Refused):
                yield Refused(file_place(each.place), each.reason)
            else:
                yield from self._candidate(each, tree.device)

    def file(self, file: Path) -> Iterator[Finding]:
        """Reads a file that a person named: if it holds nothing, that is a refusal."""
        path = Path.cwd() / file
        self.files += 1
        place = file_place(os.path.normpath(path))
        try:
            groups = groups_of(read_file(Path(os.path.realpath(path))), self.passwords)
        except Unreadable as error:
            yield Refused(place, str(error))
            return
        yield from _or_keys_refused(list(findings_of(groups, place, self.layouts.renewed_by(path))))

    def text(self, data: bytes) -> Iterator[Finding]:
        """Reads what was piped in."""
        place = "upload:-"
        try:
            if len(data) > INPUT_BYTES:
                raise Unreadable(f"The input has more than {INPUT_BYTES // MIB} MiB: divide it.")
            groups = groups_of(data, self.passwords)
        except Unreadable as error:
            yield Refused(place, str(error))
            return
        yield from _or_keys_refused(list(findings_of(groups, place, None)))

    def _candidate(self, candidate: Candidate, device: int) -> Iterator[Finding]:
        self.files += 1
        place = file_place(str(candidate.path))
        try:
            groups = groups_of(read_file(candidate.real, device), self.passwords)
        except NoCertificate:
            self.others += 1
        except Unreadable as error:
            yield Refused(place, str(error))
        else:
            yield from findings_of(groups, place, self.layouts.renewed_by(candidate.path))


def findings_of(groups: Sequence[Contents], place: str, renewed_by: str | None) -> Iterator[Finding]:
    """What a file comes to: certificates are counted from 1 over all of its groups."""
    before = 0
    for group in groups:
        yield from _of_group(group, place, renewed_by, before)
        before += len(group.certificates)


def _or_keys_refused(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings; and a refusal of each key if a person named a file that holds nothing else."""
    yield from findings
    if all(isinstance(each, KeyLeft) for each in findings):
        yield from (
            Refused(each.place, sentence(each.format)) for each in findings if isinstance(each, KeyLeft)
        )


def file_place(path: str) -> str:
    """The place of a file: unprintable characters, bytes that are no UTF-8, and `%` become `%XX`."""
    return "file:" + "".join(c if c.isprintable() and c != "%" else _quoted(c) for c in path)


def _quoted(character: str) -> str:
    return quote(character.encode("utf-8", "surrogateescape"), safe="")


def _of_group(group: Contents, place: str, renewed_by: str | None, before: int) -> Iterator[Finding]:
    chains = chains_of(group.certificates)
    for entry in chains.entries:
        where = group.place or f"{place}#{before + entry.number}"
        yield _sized(Found(where, entry.certificate, entry.chain, group.renewed_by or renewed_by))
    for number, reason in chains.faults:
        yield Refused(f"{place}#{before + number}", reason)
    yield from (Refused(group.place or place, fault) for fault in group.faults)
    yield from (KeyLeft(group.place or place, format_) for format_ in group.private_keys)
    if chains.authorities:
        yield TrustStore(place, chains.authorities)


def _sized(found: Found) -> Finding:
    if len(found.place) <= PLACE_CHARACTERS:
        return found
    return Refused(found.place, f"Its place has more than {PLACE_CHARACTERS:,} characters.")
