"""The `certctl` command. Distribution `certctl`; the server's package of that name is another one."""

__version__ = "0.1.0"
