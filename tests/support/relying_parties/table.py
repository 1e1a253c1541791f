"""The table of docs/revocation.md: which program takes which CRLs. `make clients-table` prints it."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp

from tests.support.relying_parties.programs import GOOD, Program, UnreadError, programs
from tests.support.relying_parties.published import (
    PublishedCa,
    ca_of_an_earlier_release,
    grown_ca,
    new_ca,
    pki_host,
)


class Verdict(StrEnum):
    """What a program makes of the good and the revoked certificates of a CA."""

    RIGHT = "right"
    ACCEPTS_REVOKED = "**accepts revoked**"
    REFUSES_GOOD = "refuses good"
    UNREAD = "cannot read"
    FETCHES_NONE = "-"


@dataclass(frozen=True)
class Clients:
    """CAs, and programs that trust them."""

    new: PublishedCa
    grown: PublishedCa
    earlier: PublishedCa
    programs: Sequence[Program]

    @property
    def sharded(self) -> Sequence[PublishedCa]:
        return self.grown, self.earlier

    def row(self, program: Program) -> str:
        """One line of the table."""
        cells = [program.title, *(column(self, program) for column in COLUMNS.values())]
        return f"| {' | '.join(cells)} |"


@contextmanager
def clients() -> Iterator[Clients]:
    folder = Path(mkdtemp(prefix="clients-"))
    try:
        with pki_host(folder) as host:
            yield Clients(
                new=new_ca(folder, host),
                grown=grown_ca(folder, host),
                earlier=ca_of_an_earlier_release(folder, host),
                programs=programs(folder),
            )
    finally:
        shutil.rmtree(folder)


def _by_the_first_one(clients: Clients, program: Program) -> str:
    return _either(_verdict(program, ca, ca.numbered[0], ca.root_crl) for ca in (clients.new, clients.grown))


def _by_the_crl_that_it_fetches(clients: Clients, program: Program) -> str:
    return _fetching(program, clients.new)


def _by_the_complete_one(clients: Clients, program: Program) -> str:
    return _either(_verdict(program, ca, ca.complete, ca.root_crl) for ca in clients.sharded)


def _by_the_complete_one_alone(clients: Clients, program: Program) -> str:
    return _either(_verdict(program, ca, ca.complete) for ca in (clients.new, *clients.sharded))


def _by_all_shards(clients: Clients, program: Program) -> str:
    return _either(_verdict(program, ca, *ca.numbered, ca.root_crl) for ca in clients.sharded)


def _by_the_shards_that_it_fetches(clients: Clients, program: Program) -> str:
    return _either(_fetching(program, ca) for ca in clients.sharded)


def _by_none(clients: Clients, program: Program) -> str:
    """The verdict with a CRL that does not list certificates of the CA at all."""
    return _verdict(program, clients.new, clients.new.root_crl)


COLUMNS: Mapping[str, Callable[[Clients, Program], str]] = {
    "new CA: `0.crl`, the root's": _by_the_first_one,
    "new CA: fetched": _by_the_crl_that_it_fetches,
    "shards: `all.crl`, the root's": _by_the_complete_one,
    "shards: all of them, the root's": _by_all_shards,
    "shards: fetched": _by_the_shards_that_it_fetches,
    "`all.crl` alone": _by_the_complete_one_alone,
    "the root's alone": _by_none,
}
HEADER = f"| program | {' | '.join(COLUMNS)} |"


def _either(verdicts: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(verdicts))


def _fetching(program: Program, ca: PublishedCa) -> Verdict:
    return _verdict(program, ca) if program.fetches else Verdict.FETCHES_NONE


def _verdict(program: Program, ca: PublishedCa, *crls: Path) -> Verdict:
    """The verdict with the given CRLs, or with those that the program fetches."""
    try:
        answers = program.answers(ca, _joined(crls) if crls else None)
    except UnreadError:
        return Verdict.UNREAD
    good, revoked = answers[: len(ca.good)], answers[len(ca.good) :]
    if GOOD in revoked:
        return Verdict.ACCEPTS_REVOKED
    return Verdict.RIGHT if set(good) == {GOOD} else Verdict.REFUSES_GOOD


def _joined(crls: Sequence[Path]) -> Path:
    path = crls[0].with_name("given.pem")
    path.write_bytes(b"".join(crl.read_bytes() for crl in crls))
    return path


def _main() -> None:
    write = sys.stdout.write
    write(f"{HEADER}\n| --- |{' --- |' * len(COLUMNS)}\n")
    with clients() as world:
        for program in world.programs:
            write(f"{world.row(program)}\n")


if __name__ == "__main__":
    _main()
