"""Items and records that plans make, beside those of PynamoDB and `getattr`, for every class of items."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, make_dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynamodb.attributes import Attribute, MapAttribute, NumberAttribute
from pynamodb.models import Model

from certctl.store.attributes import WireTime
from certctl.store.mapping import to_record
from certctl.store.rows import Item
from tests.support.golden import golden
from tests.support.models import MODELS

Row = dict[str, dict[str, Any]]
_STORED: Mapping[str, Sequence[Row]] = golden("rows_stored")
_ODD = (
    *({"S": text} for text in ("", "2026-13-01T00:00:00Z", "{", "[]", "\ud800", "c2VjcmV0")),
    *({"N": text} for text in ("0", "-0", "-7", "007", "1.5", "1E+3", "9" * 38, "", "x")),
    *({"L": []}, {"L": [{"N": "1"}]}, {"M": {}}, {"M": {"a": {"S": "b"}}}),
    *({"SS": ["a"]}, {"NS": ["1"]}, {"BOOL": False}, {"B": b"\x00"}, {"NULL": True}, {}),
)
_of_any_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def _held() -> Mapping[str, list[dict[str, Any]]]:
    """The values that stored rows have, by the name of the attribute."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rows in _STORED.values():
        for row in rows:
            for name, typed in row.items():
                found[name].append(typed)
    return found


_HELD = _held()


def _reads(attribute: Attribute[Any], typed: dict[str, Any]) -> bool:
    try:
        attribute.deserialize(attribute.get_value(typed))
    except Exception:  # whatever a value of another attribute may cause
        return False
    return True


@cache
def _rows_of(model: type[Model]) -> st.SearchStrategy[Row]:
    """Rows of a class with any of its attributes, some that no release has, and one value that may be of any
    type."""
    good = {
        attribute.attr_name: st.sampled_from(values)
        for attribute in model.get_attributes().values()
        if (values := [typed for typed in _HELD[attribute.attr_name] if _reads(attribute, typed)])
    }
    names = sorted(model.get_attributes())
    odd = st.dictionaries(st.sampled_from(names), st.sampled_from(_ODD), max_size=1)
    of_later = st.dictionaries(st.sampled_from(("a_later_one", "kind_of_it")), st.sampled_from(_ODD))
    rows = st.fixed_dictionaries({}, optional=good)
    return st.tuples(rows, of_later, odd).map(lambda parts: parts[0] | parts[1] | parts[2])


def _by_pynamodb(model: type[Model], row: Row) -> Model:
    made: Model = Model.from_raw_data.__func__(model, row)  # type: ignore[attr-defined]  # a class method
    return made


def _outcome(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:  # both have to refuse it alike
        return type(error), str(error)


@_of_any_model
@given(data=st.data())
@settings(max_examples=12)
def test_an_item_is_the_one_that_pynamodb_makes(model: type[Model], data: st.DataObject) -> None:
    row = data.draw(_rows_of(model))
    ours = _outcome(lambda: model.from_raw_data(row).attribute_values)
    assert ours == _outcome(lambda: _by_pynamodb(model, row).attribute_values)


@_of_any_model
@given(data=st.data())
@settings(max_examples=6)
def test_a_record_is_the_one_that_getattr_makes(model: type[Model], data: st.DataObject) -> None:
    record = _record_of(model)
    row = {name: typed for name, typed in data.draw(_rows_of(model)).items() if name in _HELD}
    item = _outcome(lambda: _by_pynamodb(model, row))
    if isinstance(item, Model):
        assert to_record(record, item) == _by_getattr(record, item)


@cache
def _record_of(model: type[Model]) -> type[Any]:
    """A record of all attributes, every second with a default, and of one more."""
    names = sorted(model.get_attributes())
    with_default = [(name, Any, field(default=f"no {name}")) for name in names[1::2]]
    lists: list[Any] = [("not_stored", Any, field(default_factory=list))]
    return make_dataclass(f"Of{model.__name__}", [*names[::2], *with_default, *lists], frozen=True)


def _by_getattr(record: type[Any], item: Model) -> Any:
    values = {}
    for each in fields(record):
        if each.name in item.get_attributes():
            has_default = each.default is not MISSING or each.default_factory is not MISSING
            if getattr(item, each.name) is not None or not has_default:
                values[each.name] = getattr(item, each.name)
    return record(**values)


@_of_any_model
def test_no_attribute_has_what_the_plan_leaves_out(model: type[Model]) -> None:
    """Defaults, discriminators, nested maps, and descriptors of their own."""
    assert issubclass(model, Item)
    assert model._discriminator is None  # type: ignore[attr-defined]  # its stubs lack it
    for attribute in model.get_attributes().values():
        assert not isinstance(attribute, MapAttribute)
        assert (attribute.default, attribute.default_for_new) == (None, None)
        own = {name for part in type(attribute).__mro__[:-2] for name in vars(part) if part is not Attribute}
        assert not own & {"__get__", "__set__", "get_value"}


class _Sample(Item):
    class Meta:
        table = "state"

    number = NumberAttribute(null=True)
    at = WireTime(null=True)


@dataclass(frozen=True)
class _Counted:
    number: int
    at: str = "never"


def test_a_row_without_attributes_has_none_of_them() -> None:
    item = _Sample.from_raw_data({"other": {"S": "x"}})
    assert to_record(_Counted, item) == _Counted(None)  # type: ignore[arg-type]  # it has no default


def test_parts_take_precedence_over_what_is_stored() -> None:
    item = _Sample.from_raw_data({"number": {"N": "12"}})
    assert to_record(_Counted, item, number=3) == _Counted(3)


@pytest.mark.parametrize("row", [None, {}])
def test_no_row_is_what_it_is_to_pynamodb(row: Any) -> None:
    ours = _outcome(lambda: _Sample.from_raw_data(row).attribute_values)
    assert ours == _outcome(lambda: _by_pynamodb(_Sample, row).attribute_values)
