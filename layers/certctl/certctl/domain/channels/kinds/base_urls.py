"""The base URL of a provider's API, which administrators may choose for some kinds."""

from certctl.domain.channels.kinds.definitions import SettingValues
from certctl.domain.errors import InvalidInput


def api_url(settings: SettingValues, base: str, path: str) -> str:
    """`path` below the base URL of the settings, else below `base`. A base that ends in slashes, or with the
    path itself, is accepted. Raises InvalidInput for one with a query."""
    configured = settings.get("url", "").strip() or base
    if "?" in configured or "#" in configured:
        raise InvalidInput.of("url", "the base URL may have no query and no fragment")
    return configured.rstrip("/").removesuffix(path).rstrip("/") + path


def check_base_url(settings: SettingValues) -> None:
    """Raises InvalidInput."""
    api_url(settings, "", "")
