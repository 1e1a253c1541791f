"""template.yaml as data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class _CloudFormationLoader(yaml.SafeLoader):
    """SafeLoader with CloudFormation's short tags, which stay out of the global SafeLoader."""


def _construct_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    return {name: _arguments(loader, suffix, node)}


def _arguments(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    value = str(node.value)
    return value.split(".", 1) if suffix == "GetAtt" else value


_CloudFormationLoader.add_multi_constructor("!", _construct_tag)


def parse_cloudformation(text: str) -> Any:
    """Parse CloudFormation YAML; short tags become their long form (`!Ref A` -> `{"Ref": "A"}`)."""
    return yaml.load(text, Loader=_CloudFormationLoader)  # noqa: S506  # it is a SafeLoader


@dataclass(frozen=True)
class Parameter:
    """One template parameter; `is_secret` means that its value is the name of a stored secret."""

    name: str
    default: str
    is_secret: bool


def _parameter(name: str, declaration: dict[str, Any]) -> Parameter:
    description = declaration.get("Description", "")
    return Parameter(name, str(declaration.get("Default", "")), description.startswith("Name of the secret"))


def read_parameters(template: Path) -> dict[str, Parameter]:
    """The template's parameters by name."""
    declared = parse_cloudformation(template.read_text(encoding="utf-8"))["Parameters"]
    return {name: _parameter(name, declaration) for name, declaration in declared.items()}
