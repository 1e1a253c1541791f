"""Options of every list: how many records, in which format, and whether to watch it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from certctl_client.commands.options import All, Interval, Limit, Output, Watch, first_of, per_page
from certctl_client.commands.signatures import Options, options_of, signed
from certctl_client.output import Format, Listing
from certctl_client.output.views import Column
from certctl_client.output.watching import present

_OPTIONS: Options = {
    "limit": (Limit, 50),
    "all_": (All, False),
    "watch": (Watch, False),
    "interval": (Interval, 2.0),
    "output": (Output, Format.TABLE),
}


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
        self, read: Callable[[], Iterator[Any]], columns: Mapping[str, Column], fields: Sequence[str]
    ) -> None:
        """Shows the list; `read` reads it again for each refresh."""
        present(
            lambda: Listing(first_of(read(), self.limit, self.all_), columns, fields),
            self.output,
            self.interval if self.watch else None,
        )


def a_list(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of lists to a command, which receives them as `shown`."""

    @wraps(command)
    def listed(**options: Any) -> None:
        shown = Shown(**{name: options.pop(name) for name in _OPTIONS})
        command(shown=shown, **options)

    own = {name: option for name, option in options_of(command).items() if name != "shown"}
    return signed(listed, {**own, **_OPTIONS})
