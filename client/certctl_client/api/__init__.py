"""The server's API: `transport` sends requests, `operations` lists them, `resources` has typed methods."""

from certctl_client.api.transport import Api, Parameters, path_of

__all__ = ["Api", "Parameters", "path_of"]
