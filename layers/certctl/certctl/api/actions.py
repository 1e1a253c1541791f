"""Actions of a function that is invoked directly, with `{"action": ...}` and the fields of that action."""

from collections.abc import Callable, Mapping
from typing import Any

from certctl.domain.errors import InvalidInput


class Fields:
    """The fields of an event, checked as they are read."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    def text(self, name: str) -> str:
        found = self.text_or_none(name)
        if not found:
            raise InvalidInput.of(name, "is required")
        return found

    def text_or_none(self, name: str) -> str | None:
        found = self._event.get(name)
        if found is not None and not isinstance(found, str):
            raise InvalidInput.of(name, "must be a text")
        return found

    def texts_or_none(self, name: str) -> tuple[str, ...] | None:
        found = self._event.get(name)
        if found is None:
            return None
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise InvalidInput.of(name, "must be a list of texts")
        return tuple(found)

    def text_or_texts(self, name: str) -> tuple[str, ...]:
        """One text, or a list of them; empty without the field."""
        found = self._event.get(name)
        return (found,) if isinstance(found, str) else self.texts_or_none(name) or ()

    def is_set(self, name: str) -> bool:
        return bool(self.choice_or_none(name))

    def choice_or_none(self, name: str) -> bool | None:
        found = self._event.get(name)
        if not isinstance(found, bool | None):
            raise InvalidInput.of(name, "must be true or false")
        return found


type Action = Callable[[Fields], dict[str, Any]]
"""Returns what the caller sees; a refusal is raised."""


class Actions:
    """The actions by name, in the order in which a refusal lists them."""

    def __init__(self, actions: Mapping[str, Action]) -> None:
        self._actions = actions

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        name = event.get("action")
        if not isinstance(name, str) or name not in self._actions:
            raise InvalidInput.of("action", f"must be {_either(*self._actions)}")
        return self._actions[name](Fields(event))


def _either(*names: str) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
