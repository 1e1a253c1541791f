"""`make unpause STACK=`: after a restore that was given up, starts the stack again as its tables are."""

import os

from deploy.backups.parts import Parts
from deploy.backups.pausing import Pausing
from deploy.errors import run
from deploy.target import read_target, require_credentials


def main() -> None:
    target = read_target(os.environ)
    require_credentials(target)
    Pausing(target.session, Parts(target).resources).resume()
    print("The stack runs again.")


if __name__ == "__main__":
    run("unpause", main)
