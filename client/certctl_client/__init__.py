"""The `certctl` command. Its distribution is `certctl`, not to be confused with the server's package."""

__version__ = "0.2.0"
