"""The options of every list: how much of it, in which form, and whether it is shown again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from certctl_client.commands.options import All, Interval, Limit, Output, Watch, first_of, per_page
from certctl_client.commands.signatures import Options, options_of, signed
from certctl_client.output import Format, Listing
from certctl_client.views import Column
from certctl_client.watching import present

_OPTIONS: Options = {
    "limit": (Limit, 50),
    "all_": (All, False),
    "watch": (Watch, False),
    "interval": (Interval, 2.0),
    "output": (Output, Format.TABLE),
}


@dataclass(frozen=True)
class Shown:
    """How a list is to be shown."""

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
        """`read` begins a list anew, for each look."""
        present(
            lambda: Listing(first_of(read(), self.limit, self.all_), columns, fields),
            self.output,
            self.interval if self.watch else None,
        )


def a_list(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes `shown` in place of these options."""

    @wraps(command)
    def listed(**options: Any) -> None:
        shown = Shown(**{name: options.pop(name) for name in _OPTIONS})
        command(shown=shown, **options)

    own = {name: option for name, option in options_of(command).items() if name != "shown"}
    return signed(listed, {**own, **_OPTIONS})
