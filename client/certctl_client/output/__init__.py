"""How results are shown, to people and to machines."""

from certctl_client.output.formats import Format
from certctl_client.output.messages import say
from certctl_client.output.rendering import show
from certctl_client.output.views import Detail, FirstOf, Listing, Plain, Sections, Tiles, View, fields_of

__all__ = [
    "Detail",
    "FirstOf",
    "Format",
    "Listing",
    "Plain",
    "Sections",
    "Tiles",
    "View",
    "fields_of",
    "say",
    "show",
]
