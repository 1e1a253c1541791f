"""The server's API: `transport` sends, `operations` is the table of what is sent, `resources` has typed
methods over both."""

from certctl_client.api.transport import Api, Parameters, path_of

__all__ = ["Api", "Parameters", "path_of"]
