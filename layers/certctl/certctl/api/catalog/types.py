"""The types of issuers and targets, with their settings: forms and commands are generated from them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from certctl.api.published import IssuerTypeName, OnlyWithOptionView, TargetTypeName, setting_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.kinds import Setting, SettingForm

if TYPE_CHECKING:
    from certctl.domain.catalog.kinds import CatalogKinds
    from certctl.domain.issuing.kinds.definitions import IssuerDefinition


class SettingOptionView(TypedDict):
    value: str
    label: str


class SettingGroupView(TypedDict):
    label: str
    help: str


class ConfigSettingView(TypedDict):
    """A setting, as a form shows it. `name` is its path in `config`: `external_account.key_id` is a member of
    an object, which `group` describes; all members of such an object are set, or none. `required` holds while
    `only_with` does. `secret` takes the name of a secret, never its value. `default` is in use while none is
    set. `pattern` is a first check, which `expected` puts in words; the API checks more."""

    name: str
    label: str
    help: str
    form: SettingForm
    required: bool
    default: str | int | bool | list[str] | None
    placeholder: str
    options: list[SettingOptionView]
    minimum: int | None
    maximum: int | None
    unit: str
    pattern: str | None
    expected: str
    only_with: OnlyWithOptionView | None
    group: SettingGroupView | None


class IssuerTypeView(TypedDict):
    """`signs_locally`: its certificates come from a CA of this stack, others from a server. `validations` are
    the ways to prove control of names to that server."""

    type: IssuerTypeName
    label: str
    help: str
    signs_locally: bool
    validations: list[str]
    settings: list[ConfigSettingView]


class IssuerTypesView(TypedDict):
    data: list[IssuerTypeView]


class TargetTypeView(TypedDict):
    type: TargetTypeName
    label: str
    help: str
    settings: list[ConfigSettingView]


class TargetTypesView(TypedDict):
    data: list[TargetTypeView]


def add_type_routes(api: Api, kinds: "Callable[[], CatalogKinds]") -> None:
    """`kinds` is called at requests, never at import."""

    @api.get(
        "/api/v1/issuer-types",
        Permission.CATALOG_READ,
        summary="List the types of issuers, with their settings",
        tags=["issuers"],
    )
    def list_issuer_types() -> IssuerTypesView:
        return IssuerTypesView(data=[issuer_type_view(definition) for definition in kinds().issuers])

    @api.get(
        "/api/v1/target-types",
        Permission.CATALOG_READ,
        summary="List the types of targets, with their settings",
        tags=["targets"],
    )
    def list_target_types() -> TargetTypesView:
        return TargetTypesView(data=[target_type_view(definition) for definition in kinds().targets])


def issuer_type_view(definition: "IssuerDefinition") -> IssuerTypeView:
    return IssuerTypeView(
        type=definition.type,
        label=definition.label,
        help=definition.help,
        signs_locally=definition.signs_locally,
        validations=list(definition.validations),
        settings=list(_setting_views(definition.settings)),
    )


def target_type_view(definition: TargetDefinition) -> TargetTypeView:
    return TargetTypeView(
        type=definition.type,
        label=definition.label,
        help=definition.help,
        settings=list(_setting_views(definition.settings)),
    )


def _setting_views(settings: Mapping[str, Setting]) -> Iterator[ConfigSettingView]:
    """The members of an object instead of the object."""
    for name, setting in settings.items():
        if not setting.parts:
            yield _setting_view(name, setting, None)
        group = SettingGroupView(label=setting.label, help=setting.help)
        for part_name, part in setting.parts.items():
            yield _setting_view(f"{name}.{part_name}", replace(part, required=setting.required), group)


def _setting_view(name: str, setting: Setting, group: SettingGroupView | None) -> ConfigSettingView:
    return setting_view(ConfigSettingView, name, setting, pattern=setting.pattern or None, group=group)
