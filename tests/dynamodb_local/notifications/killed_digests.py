"""A maintenance process of the kill test: sends the digests that are due until it is killed.

Argument: the endpoint of DynamoDB Local.
"""

import sys

from tests.support.aws.dynamodb_local import open_database
from tests.support.notifications.digests import MAIL, MONDAY, weekly_digests
from tests.support.revocation.bulk import plane_on


def main(endpoint: str) -> None:
    plane = plane_on(open_database(endpoint), lambda: MONDAY)
    plane.channels = (MAIL,)
    while True:
        weekly_digests(plane).run(lambda: True)


if __name__ == "__main__":
    main(sys.argv[1])
