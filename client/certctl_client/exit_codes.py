"""What the command exits with. Scripts rely on these: numbers are never given a new meaning."""

from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0
    FAILED = 1  # the server refused the request (409, 413, 422, 5xx), or a file could not be written
    USAGE = 2  # options, arguments or configuration are wrong; nothing was sent
    NOT_FOUND = 3  # 404
    NOT_INTACT = 4  # a verification found a fault
    DENIED = 5  # 401 or 403
    UNREACHABLE = 6  # no answer: name, connection, TLS, timeout
    INTERRUPTED = 130  # Ctrl-C
