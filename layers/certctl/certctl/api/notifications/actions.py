"""The action that sets where links in alerts lead."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from certctl.api.actions import Action, Fields
from certctl.domain.errors import InvalidInput

if TYPE_CHECKING:
    from certctl.store.notifications.public_url import PublicUrlStore


def set_public_url(public_url: "Callable[[], PublicUrlStore]", is_local: Callable[[], bool]) -> Action:
    """The next deploy sets its own again."""

    def run(fields: Fields) -> dict[str, Any]:
        url = fields.text("url")
        if urlsplit(url).scheme != "https" and not is_local():
            raise InvalidInput.of("url", "must be https")
        public_url().save(url)
        return {"public_url": url}

    return run
