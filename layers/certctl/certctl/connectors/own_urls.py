"""URLs that no user chose, resolved without the guard."""

from urllib.parse import urlsplit

from certctl.connectors.address_guard import PinnedTarget, default_port, system_resolver


class OwnUrls:
    """Allows any address and any length, unlike the guard: S3 has private ones behind a VPC endpoint, and so
    may a host of the operator."""

    def resolve(self, url: str) -> PinnedTarget:
        """Raises OSError."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or default_port(parts.scheme)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return PinnedTarget(parts.scheme, host, port, path, tuple(system_resolver(host, port)))
