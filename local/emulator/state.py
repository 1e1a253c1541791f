"""State on disk: `live/` while the stack runs, `clean/` after it has stopped cleanly.

The emulator saves its rows and keys at a clean stop only, but its S3 objects at once. So a run works on a
copy, which becomes the clean state as a whole; what an unclean stop leaves behind is dropped as a whole.
"""

import json
import shutil
import stat
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from local.emulator.account import RootKey, new_root_key


@dataclass(frozen=True)
class Memory:
    """What one start stores for the next; it is valid only with the emulator's state.

    `pki_host` is in certificates and keeps its value from the first start; `deployed` is the fingerprint of
    the build and parameters in the emulator's state; after `kept_up` the CAs have their OCSP URLs.
    """

    pki_host: str
    emulator_port: int
    root_key_id: str = ""
    root_key_secret: str = field(default="", repr=False)
    deployed: str = ""
    api_key: str = ""
    demo_seeded: bool = False
    kept_up: bool = False

    @property
    def root_key(self) -> RootKey:
        return RootKey(self.root_key_id, self.root_key_secret)

    def with_root_key(self) -> "Memory":
        """With a new key of the emulator's root user where it has none."""
        if self.root_key_id:
            return self
        key = new_root_key()
        return replace(self, root_key_id=key.id, root_key_secret=key.secret)


PRIVATE = 0o077
"""The umask of whatever writes keys or secrets here."""


def make_private(directory: Path) -> None:
    """Makes the directory, and takes what is in it from everybody but its owner: earlier releases left the
    keys of CAs and the secrets of channels readable. Links are not followed."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~PRIVATE)


@dataclass(frozen=True)
class StateDirectory:
    """The two copies of the state under one directory."""

    directory: Path

    @property
    def live(self) -> Path:
        """State of the run that is on, or of one that ended uncleanly."""
        return self.directory / "live"

    @property
    def clean(self) -> Path:
        """State of the last clean stop."""
        return self.directory / "clean"

    def erase(self) -> None:
        """Forget everything: the next start is empty."""
        for path in (self.live, self.clean):
            shutil.rmtree(path, ignore_errors=True)

    def open(self) -> bool:
        """Prepare `live/` from the last clean state, for the owner alone; True when an unclean stop lost what
        `live/` held."""
        make_private(self.directory)
        lost = self.live.exists()
        shutil.rmtree(self.live, ignore_errors=True)
        self._finish_interrupted_swap()
        if self.clean.exists():
            shutil.copytree(self.clean, self.live)
        for part in (".", "services", "objects", "tmp"):
            (self.live / part).mkdir(mode=0o700, exist_ok=True)
        return lost

    def close(self) -> None:
        """Make `live/` the clean state; after this no trace of the run is left in `live/`."""
        shutil.rmtree(self.live / "tmp", ignore_errors=True)
        old = self._old()
        if self.clean.exists():
            self.clean.rename(old)
        self.live.rename(self.clean)
        shutil.rmtree(old, ignore_errors=True)

    def drop(self) -> None:
        """Forget the run that is on; the last clean state stands."""
        shutil.rmtree(self.live, ignore_errors=True)

    def _old(self) -> Path:
        return self.directory / "clean.old"

    def _finish_interrupted_swap(self) -> None:
        old = self._old()
        if old.exists() and not self.clean.exists():
            old.rename(self.clean)
        shutil.rmtree(old, ignore_errors=True)

    def read_memory(self) -> Memory | None:
        """What the last clean run remembered; None on a first start."""
        path = self.live / "memory.json"
        return Memory(**json.loads(path.read_text())) if path.exists() else None

    def write_memory(self, memory: Memory) -> None:
        """Keep `memory` (it holds keys, so nobody else may read it)."""
        write_private(self.live / "memory.json", asdict(memory))


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that only its owner may read, whole or not at all."""
    write_private_text(path, json.dumps(content, indent=2) + "\n")


def write_private_text(path: Path, content: str) -> None:
    """Writes a text that only the user can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_text(content)
    draft.replace(path)
