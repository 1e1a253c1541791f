"""A kind of catalog record, and what most kinds share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certctl_client.api.catalog_operations import OPERATIONS, CatalogOperations
from certctl_client.catalog.fields import Field
from certctl_client.output.views import Column, fields_of

NAME = Field("name", "Unique among its kind.")
TEAM = Field("team_id", "Id of the team; default: yours.", "--team")
TYPE = Field("type", "Cannot be changed later.")
ENABLED = Field("enabled", "Whether it is in force.")
DESCRIPTION = Field("description", "A description.")
FIRST: Mapping[str, Column] = {"ID": "id", "NAME": "name"}
LAST: Mapping[str, Column] = {"VERSION": lambda record: str(record["version"]), "UPDATED": "updated_at"}
_NO_OPTIONS = frozenset({"id", "version"})
"""An ID is given to a new record only, a version by a file."""


@dataclass(frozen=True)
class Kind:
    """A kind of catalog record. `path` is its path in the API and the name of its commands. `worded` are the
    fields whose options have words or a form of their own. `in_use` is the advice when a record cannot be
    deleted because it is in use; `{id}` stands for the record's id."""

    path: str
    one: str
    about: str
    columns: Mapping[str, Column]
    worded: Sequence[Field]
    in_use: str = ""

    @property
    def operations(self) -> CatalogOperations:
        return OPERATIONS[self.path]

    @property
    def fields(self) -> list[Field]:
        """Each field that a caller may write: those with words, then the others as the API names them."""
        worded = {field.name for field in self.worded}
        further = (name for name in fields_of(self.operations.body) if name not in worded | _NO_OPTIONS)
        return [*self.worded, *(Field(name, f"{name.replace('_', ' ').capitalize()}.") for name in further)]


def yes(field: str) -> Column:
    return lambda record: "yes" if record[field] else "no"
