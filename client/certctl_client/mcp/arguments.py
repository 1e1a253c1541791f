"""Arguments that a tool refuses: which, and what it takes. The validator would report links and values."""

from collections.abc import Mapping, Sequence
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

_WORDS: Mapping[str, str] = {
    "missing": "is required",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "string_type": "must be a text",
    "list_type": "must be a list",
}
_KINDS = {"int_": "must be a whole number", "float_": "must be a number", "bool_": "must be true or false"}


class PlainTool(Tool):
    async def run(self, arguments: dict[str, Any], *more: Any, **named: Any) -> Any:
        """Raises ToolError for arguments that are refused, before anything is done."""
        known = tuple(self.parameters.get("properties", ()))
        faults = [f"{name} is not an argument of this tool." for name in arguments if name not in known]
        try:
            self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            faults += [_fault(each) for each in error.errors()]
        if faults:
            raise ToolError(in_words(self.name, faults, known))
        return await super().run(arguments, *more, **named)


def in_words(tool: str, faults: Sequence[str], known: Sequence[str]) -> str:
    """A line for each refused argument, without the value, which strangers may have chosen."""
    takes = f"It takes {', '.join(known)}." if known else "It takes no arguments."
    return "\n".join([f"{tool}: the arguments are invalid.", *faults, takes])


def _fault(error: Any) -> str:
    kind, name = str(error["type"]), ".".join(map(str, error["loc"]))
    words = _WORDS.get(kind) or next((text for part, text in _KINDS.items() if kind.startswith(part)), "")
    return f"{name} {words.format_map(error.get('ctx') or {}) if words else 'is invalid'}."
