"""JSON, YAML, TOML and INI of the pages can be read; bodies of requests have the form that the API takes."""

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from tests.support.docs import requests
from tests.support.docs.pages import Block, all_blocks, blocks_of

_BODY = re.compile(r"^body of (GET|POST|PUT) (/\S+)$")


class Template(yaml.SafeLoader):
    """Reads the short forms of CloudFormation (`!Ref`) as text."""


Template.add_multi_constructor("!", lambda loader, tag, node: f"!{tag} {node.value}")


def _ini(text: str) -> None:
    """systemd repeats keys; a file of parameters has no sections."""
    reader = configparser.ConfigParser(strict=False, interpolation=None)
    reader.read_string(text if text.lstrip().startswith(("[", "#")) else f"[parameters]\n{text}")


def _json(text: str) -> None:
    """Records, one after the other, or one entry of a record."""
    rest = text.strip() if text.lstrip().startswith(("{", "[")) else "{" + text + "}"
    while rest:
        _, end = json.JSONDecoder().raw_decode(rest)
        rest = rest[end:].strip()


READERS: Mapping[str, Callable[[str], Any]] = {
    "json": _json,
    "yaml": lambda text: yaml.load(text, Template),  # noqa: S506 (a SafeLoader)
    "toml": tomllib.loads,
    "ini": _ini,
}


def fault_of(block: Block) -> str | None:
    try:
        READERS[block.language](block.text)
    except (ValueError, yaml.YAMLError, configparser.Error) as broken:
        return f"{block.page}:{block.line}: {broken}"
    body = _BODY.match(block.comment)
    if body is None:
        return None
    operation = requests.operation_of(body[1], body[2])
    return "no such operation" if operation is None else requests.body_fault(operation, block.text)


DATA = [block for block in all_blocks() if block.language in READERS]


def test_there_are_bodies_of_requests_among_them() -> None:
    assert [block.place for block in DATA if _BODY.match(block.comment)] != []


@pytest.mark.parametrize("block", DATA, ids=lambda block: f"{block.place}:{block.line}")
def test_each_block_of_data_can_be_read(block: Block) -> None:
    assert fault_of(block) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [("json", '{"a": }'), ("yaml", "a: [1"), ("toml", "a ="), ("ini", "[a]\nb")],
)
def test_a_seeded_fault_is_found(language: str, text: str) -> None:
    (block,) = blocks_of(f"```{language}\n{text}\n```\n", "a.md")
    assert fault_of(block) is not None


def test_a_seeded_fault_in_a_body_is_found() -> None:
    (block,) = blocks_of('<!-- body of POST /api/v1/issuers -->\n```json\n{"name": 1}\n```\n', "a.md")
    assert fault_of(block) is not None
