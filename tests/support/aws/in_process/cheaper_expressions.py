"""moto's expressions and sizes of rows for less: a third of what the integration tests spent.

moto parses the text of an update for each call again, walks over its tree ten times, also for what the text
has not, while it asks at each node for what the walk looks for, copies trees by pickling's protocol, and adds
up the size of a whole row for each attribute that it gets.
tests/integration/store/test_cheaper_expressions.py: the results are the same.
"""

import copy
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.parsing import ast_nodes, expressions
from moto.dynamodb.parsing.validators import (
    ActionCountValidator,
    ExecuteOperations,
    UpdateExpressionFunctionEvaluator,
    UpdateExpressionValidator,
)

# As in moto's LimitedSizeDict.
_LARGEST = 405_000

# These modules have no types.
DepthFirstTraverser: Any = vars(ast_nodes)["DepthFirstTraverser"]
Node: Any = vars(ast_nodes)["Node"]
_NODES = (Node,)
UpdateExpressionParser: Any = vars(expressions)["UpdateExpressionParser"]
_make = UpdateExpressionParser.make
_lex = ConditionExpressionParser._lex_condition_expression
_verify = ActionCountValidator.verify_action_counts
_begin_validation: Any = UpdateExpressionValidator.__init__
_nothing_before: Any = DepthFirstTraverser.pre_processing_of_child


def cheapen(patch: pytest.MonkeyPatch) -> None:
    """Lasts as long as the patch."""
    patch.setattr(UpdateExpressionParser, "make", staticmethod(_parsed_update))
    patch.setattr(ConditionExpressionParser, "_lex_condition_expression", _lexed)
    patch.setattr(DepthFirstTraverser, "traverse", _traverse)
    patch.setattr(ActionCountValidator, "verify_action_counts", _verify_once)
    patch.setattr(UpdateExpressionValidator, "__init__", _begin_needed)
    patch.setattr(Node, "__deepcopy__", _copied, raising=False)
    patch.setattr(Item, "__init__", _begin_item)


@cache
def _parsed_update(text: str) -> Any:
    """A validator works on a copy of its own. A text that is refused is not kept."""
    return _make(text)


def _lexed(parser: Any) -> Any:
    """The nodes are immutable, what holds them is not."""
    return deque(_words(parser.condition_expression))


@cache
def _words(text: str) -> tuple[Any, ...]:
    return tuple(_lex(ConditionExpressionParser(text, None, None)))


def _traverse(traverser: Any, node: Any) -> Any:
    before_child = traverser.pre_processing_of_child
    asks = type(traverser).pre_processing_of_child is not _nothing_before
    return _visited(
        traverser, node, -1, traverser.nodes_to_be_processed(), before_child if asks else _nothing
    )


def _nothing(*_: Any) -> None:
    """Before a child."""


def _visited(
    traverser: Any, node: Any, position: int, kinds: tuple[type, ...], before: Callable[[Any, int], None]
) -> Any:
    """Keeps the order of steps of `traverse_node_recursively`."""
    if not _is_one(node.__class__, _NODES):
        return node
    parent = node.parent
    for i, child in enumerate(node.children or ()):
        before(node, i)
        _visited(traverser, child, i, kinds, before)
    if _is_one(node.__class__, kinds):
        node = traverser.process(node)
        node.parent = parent
        if parent:
            parent.children[position] = node
    return node


@cache
def _is_one(kind: type, kinds: tuple[type, ...]) -> bool:
    """Remembered, because the metaclass of nodes asks at length."""
    return issubclass(kind, kinds)


def _verify_once(validator: Any, node: Any) -> Any:
    """The root's clauses are those of all within."""
    return _verify(validator, node) if node.parent is None else node


_ONLY_OF_TEXTS = (UpdateExpressionFunctionEvaluator, ExecuteOperations)


def _begin_needed(validator: Any, expression: Any, **named: Any) -> None:
    """Without the walks for functions and for sums, which a text has or has not; no walk adds one."""
    _begin_validation(validator, expression, **named)
    kinds = _kinds_of(expression)
    validator.processors = [
        each
        for each in validator.processors
        if not isinstance(each, _ONLY_OF_TEXTS)
        or any(_is_one(kind, each.nodes_to_be_processed()) for kind in kinds)
    ]


_KINDS: dict[int, frozenset[type]] = {}


def _kinds_of(expression: Any) -> frozenset[type]:
    """Remembers them by the identity of a tree, which `_parsed_update` keeps."""
    if id(expression) not in _KINDS:
        _KINDS[id(expression)] = frozenset(_kinds_within(expression))
    return _KINDS[id(expression)]


def _kinds_within(node: Any) -> Iterator[type]:
    if isinstance(node, Node):
        yield type(node)
        for child in node.children or ():
            yield from _kinds_within(child)


def _copied(node: Any, memo: dict[int, Any]) -> Any:
    copied = object.__new__(type(node))
    memo[id(node)] = copied
    for name, value in vars(node).items():
        copied.__dict__[name] = _copied_value(value, memo)
    return copied


def _copied_value(value: Any, memo: dict[int, Any]) -> Any:
    if isinstance(value, list):
        return [_copied_value(each, memo) for each in value]
    if value is None or type(value) is str:
        return value
    return memo[id(value)] if id(value) in memo else copy.deepcopy(value, memo)


def _begin_item(item: Any, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    """All attributes first, their size then: it only grows."""
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict()
    for name, value in attrs.items():
        dict.__setitem__(item.attrs, name, DynamoType(value))
    if item.size() > _LARGEST:
        raise ItemSizeTooLarge
