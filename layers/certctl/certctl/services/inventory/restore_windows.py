"""What a restore leaves behind, so that the inventory knows certificates that the restored tables lack."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.errors import InvalidInput
from certctl.domain.inventory.restores import RestoreWindow
from certctl.domain.times import from_wire
from certctl.store.inventory.restore_windows import RestoreWindowStore


@dataclass(frozen=True)
class RestoreWindows:
    windows: RestoreWindowStore
    now: Callable[[], datetime]

    def record(self, backup_at: str) -> None:
        """Records that tables of this time were restored, until now. A repetition moves the end. Raises
        InvalidInput, Unavailable."""
        try:
            began, now = from_wire(backup_at), self.now().replace(microsecond=0)
        except ValueError as error:
            raise InvalidInput.of("backup_at", str(error)) from error
        if began > now:
            raise InvalidInput.of("backup_at", "lies in the future")
        self.windows.keep(RestoreWindow(began, now))
