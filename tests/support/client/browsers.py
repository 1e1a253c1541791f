"""A browser for `certctl login`, in which a person consents as the dashboard's page does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.support.client.stack import BridgedStack

CODES = "/api/v1/auth/codes"


@dataclass
class ConsentingBrowser:
    """`open` is for `webbrowser.open`. `session` is the text of the person's session."""

    stack: BridgedStack
    session: str
    strangers: Callable[[str], Any] = lambda _: None
    pages: list[str] = field(default_factory=list)

    def open(self, page: str) -> bool:
        self.pages.append(page)
        threading.Thread(target=self._consent, args=(page,), daemon=True).start()
        return True

    def asked(self, page: str) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}

    def consent(self, page: str) -> dict[str, Any]:
        wanted = {name: value for name, value in self.asked(page).items() if name != "host"}
        answer = requests.post(
            self.stack.url + CODES,
            json=wanted,
            headers={"Authorization": f"Bearer {self.session}"},
            timeout=30,
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def _consent(self, page: str) -> None:
        made = self.consent(page)
        self.strangers(self.asked(page)["redirect_uri"])
        requests.get(made["redirect_to"], timeout=30)
