"""Exit codes of the command. Scripts rely on them: a number never gets a new meaning."""

from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0
    FAILED = 1  # refused (409, 413, 422, 5xx); a job or a test message failed; a file was not written
    USAGE = 2  # options, arguments or configuration are wrong; nothing was sent
    NOT_FOUND = 3  # 404
    NOT_INTACT = 4  # a verification found a fault
    DENIED = 5  # 401 or 403
    UNREACHABLE = 6  # no answer: name, connection, TLS, timeout
    REVOKED = 7  # `crl verify`, `ocsp check`: what was read may be relied on, and says revoked
    NOT_ENDED = 8  # `jobs wait`: the job has not ended in time
    ENDS_SOON = 9  # `inspect`: the certificate is good, and ends within --days
    # What `probe` finds; of several findings, the first in this order, after 6 and before 9.
    EXPIRED = 10  # or not valid yet
    NAME_MISMATCH = 11
    UNTRUSTED = 12
    CHAIN_INCOMPLETE = 13
    UNEXPECTED = 14
    WEAK = 15
    OLD_PROTOCOL = 16
    INTERRUPTED = 130  # Ctrl-C


SUMMARY = (
    "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 not intact, 5 denied, 6 unreachable, 7 revoked, "
    "8 not ended, 9 ends soon, 10 to 16 findings of `certctl probe`, 130 interrupted."
)
