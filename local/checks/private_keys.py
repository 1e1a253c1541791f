"""Finds private keys among the tracked files: part of `make check`.

A key that was once committed is known to everybody who has the repository. Tests make their own.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

_ROOT = Path(__file__).resolve().parents[2]
# Files whose keys are published as examples and open nothing; there is none now.
FIXTURES: frozenset[str] = frozenset()
_BLOCK = re.compile(
    rb"-----BEGIN (?P<label>[A-Z ]*PRIVATE KEY)-----[\w+/=:,\s-]+?-----END (?P=label)-----", re.ASCII
)


def private_keys(files: Iterable[Path]) -> Iterator[Path]:
    """The files that hold a key which can be read, or which needs a password."""
    return (file for file in files if any(map(_is_key, _BLOCK.finditer(file.read_bytes()))))


def _is_key(block: re.Match[bytes]) -> bool:
    load = load_ssh_private_key if b"OPENSSH" in block["label"] else load_pem_private_key
    try:
        load(block[0], None)
    except TypeError:  # encrypted, and there is no password
        return True
    except ValueError:  # a sample that is cut short
        return False
    return True


def main() -> None:
    """Entry point; exit code 1 and a line for each file that holds a key."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, check=True).stdout
    names = {name.decode() for name in listed.split(b"\0") if name} - FIXTURES
    found = sorted(private_keys(path for name in names if (path := _ROOT / name).is_file()))
    for file in found:
        print(f"{file.relative_to(_ROOT)} holds a private key: remove it, and replace the key.")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
