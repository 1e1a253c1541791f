"""Places of a syntax tree, found by the words that stand there."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_CONDITIONS = {"test", "guard", "ifs"}
_LISTS = {"elts", "args", "keywords", "ifs"}


@dataclass(frozen=True, eq=False)
class Place:
    """A node, and where it stands: in a field of the node above, at `index` if the field is a list."""

    node: ast.AST
    field: str = ""
    index: int | None = None
    above: "Place | None" = None

    @property
    def parent(self) -> ast.AST:
        assert self.above is not None, "a root has no parent"
        return self.above.node


def all_places(root: ast.AST) -> Iterator[Place]:
    """Each node below the root, parents first."""
    return _below(Place(root))


def _below(above: Place) -> Iterator[Place]:
    for field, value in ast.iter_fields(above.node):
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.AST):
                place = Place(node, field, index, above)
                yield place
                yield from _below(place)


def replace(place: Place, node: ast.AST) -> None:
    """Put another node there."""
    if place.index is None:
        setattr(place.parent, place.field, node)
    else:
        getattr(place.parent, place.field)[place.index] = node


def is_condition(place: Place) -> bool:
    """Whether a condition stands there, or an operand of `and` or `or`."""
    return place.field in _CONDITIONS or (place.field == "values" and isinstance(place.parent, ast.BoolOp))


def is_value(place: Place) -> bool:
    """Whether a value that is returned or assigned stands there."""
    return place.field == "value" and isinstance(place.parent, (ast.Return, ast.Assign))


def has_words(place: Place, words: Iterable[str]) -> bool:
    """Whether all of these words stand there."""
    return {_plain(word) for word in words} <= words_of(place.node)


def is_removable(place: Place) -> bool:
    """Whether an operand, an element, an argument or a statement stands there."""
    is_operand = isinstance(place.parent, (ast.BoolOp, ast.BinOp)) and isinstance(place.node, ast.expr)
    is_listed = place.field in _LISTS and place.index is not None
    return is_operand or is_listed or isinstance(place.node, ast.stmt)


def remove(place: Place) -> None:
    """Leave out what stands there."""
    parent = place.parent
    if isinstance(place.node, ast.stmt):
        replace(place, ast.Pass())
    elif isinstance(parent, ast.BinOp):
        _replace_parent(place, parent.right if place.field == "left" else parent.left)
    elif isinstance(parent, ast.BoolOp) and len(parent.values) == 2:
        _replace_parent(place, next(value for value in parent.values if value is not place.node))
    else:
        getattr(parent, place.field).remove(place.node)


def _replace_parent(place: Place, node: ast.AST) -> None:
    assert place.above is not None
    replace(place.above, node)


def only_place(words: Iterable[str], places: Iterable[Place]) -> Place:
    """The smallest place with all words. Raises AssertionError if several are, or none."""
    wanted = sorted(words)
    having = [place for place in places if has_words(place, wanted)]
    nodes = {id(place.node): place for place in having}
    for place in having:
        _drop_above(place, nodes)
    assert len(nodes) == 1, f"{wanted}: {[ast.unparse(place.node) for place in nodes.values()]}"
    return next(iter(nodes.values()))


def _drop_above(place: Place, nodes: dict[int, Place]) -> None:
    above = place.above
    while above is not None:
        nodes.pop(id(above.node), None)
        above = above.above


def words_of(node: ast.AST) -> set[str]:
    """The identifiers and texts of a node and of all below it."""
    values = (value for each in ast.walk(node) for value in vars(each).values())
    return {_plain(value) for value in values if isinstance(value, str)}


def _plain(word: str) -> str:
    """Whether a name is private makes no difference."""
    return word.lstrip("_")


def delay(place: Place) -> None:
    """Let a statement and the next one change places."""
    statements = getattr(place.parent, place.field)
    assert place.index is not None
    here, behind = place.index, place.index + 1
    statements[here], statements[behind] = statements[behind], statements[here]


def parsed(*codes: str) -> list[ast.AST]:
    """Expressions if all are, else statements."""
    statements = [ast.parse(code).body[0] for code in codes]
    expressions = [each.value for each in statements if isinstance(each, ast.Expr)]
    return [*(expressions if len(expressions) == len(statements) else statements)]


def is_same(node: ast.AST, other: ast.AST) -> bool:
    """Whether both are expressions, or statements, that read the same, however each is formatted."""
    kinds = [kind for kind in (ast.expr, ast.stmt) if isinstance(node, kind) and isinstance(other, kind)]
    return bool(kinds) and ast.unparse(node) == ast.unparse(other)
