"""Options of every list and record: the format, watching; for lists, the number of records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certctl_client.commands.options import All, Interval, Limit, Output, Watch, first_of, per_page
from certctl_client.commands.signatures import Options, gathered
from certctl_client.output import Format, Listing, View
from certctl_client.output.views import ID, Column
from certctl_client.output.watching import present

_OF_A_RECORD: Options = {
    "watch": (Watch, False),
    "interval": (Interval, 2.0),
    "output": (Output, Format.TABLE),
}
_OF_A_LIST: Options = {"limit": (Limit, 50), "all_": (All, False), **_OF_A_RECORD}


@dataclass(frozen=True)
class ShownRecord:
    """How to show a record."""

    watch: bool
    interval: float
    output: Format

    def present(self, look: Callable[[], View]) -> None:
        """Shows the record; `look` reads it again for each refresh."""
        present(look, self.output, self.interval if self.watch else None)


@dataclass(frozen=True)
class Shown:
    """How to show a list."""

    limit: int
    all_: bool
    watch: bool
    interval: float
    output: Format

    @property
    def per_page(self) -> int:
        return per_page(self.limit, self.all_)

    def present(
        self,
        read: Callable[[], Iterator[Any]],
        columns: Mapping[str, Column],
        fields: Sequence[str],
        key: str = ID,
    ) -> None:
        """Shows the list; `read` reads it again for each refresh. `key` is the field with a record's id."""
        each = ShownRecord(self.watch, self.interval, self.output)
        each.present(lambda: Listing(first_of(read(), self.limit, self.all_), columns, fields, key))


def certificate_of(record: Mapping[str, Any]) -> object:
    """The name of the certificate of a job or alert, or its id: earlier releases stored no name."""
    return record.get("certificate_name") or record["certificate_id"]


def a_list(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of lists to a command, which receives them as `shown`."""
    return gathered(command, "shown", _OF_A_LIST, Shown)


def a_record(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of one record to a command, which receives them as `shown`."""
    return gathered(command, "shown", _OF_A_RECORD, ShownRecord)
