"""Shows a result: each format is one function in `renderers`."""

from collections.abc import Callable, Mapping

from certctl_client.output.formats import Format
from certctl_client.output.messages import say
from certctl_client.output.selection import chosen
from certctl_client.output.views import FirstOf, Listing, Plain, View


def show(view: View | Plain, format_: Format) -> None:
    """Shows a result in the format, or what --json and --jq select of it."""
    if (selection := chosen()) is not None:
        from certctl_client.output.machine_formats import show_selected

        return show_selected(view, selection)
    if isinstance(view, Plain):
        from certctl_client.output.machine_formats import show_json

        return show_json(view)
    renderers()[format_](view)
    if isinstance(view, Listing) and isinstance(view.records, FirstOf) and view.records.has_more:
        say("There are more: use --all or a larger --limit.")


def renderers() -> Mapping[Format, Callable[[View], None]]:
    """Loaded with the first result, which help has not."""
    from certctl_client.output.machine_formats import show_csv, show_json, show_names, show_yaml
    from certctl_client.output.tables import show_table, show_wide

    return {
        Format.TABLE: show_table,
        Format.WIDE: show_wide,
        Format.NAME: show_names,
        Format.JSON: show_json,
        Format.YAML: show_yaml,
        Format.CSV: show_csv,
    }
