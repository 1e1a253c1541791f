"""`make unpause STACK=`: after a restore that was given up, starts the stack again as its tables are.

`make admin ACTION=restore` first: keys that were revoked since the backup may be in the tables again.
"""

import os
from collections.abc import Sequence

from deploy.backups.parts import Parts
from deploy.backups.pausing import Pausing
from deploy.errors import run
from deploy.target import read_target, require_credentials


def main() -> None:
    target = read_target(os.environ)
    require_credentials(target)
    report(Pausing(target, Parts(target).resources).resume())
    print("The stack runs again.")


def report(unknown: Sequence[str]) -> None:
    """Warns about functions that an earlier release paused."""
    for name in unknown:
        print(f"warning: the reserved concurrency of {name} before the pause is unknown; it has none now")


if __name__ == "__main__":
    run("unpause", main)
