"""How results are shown, to people and to machines."""

from certctl_client.output.rendering import Format, say, show
from certctl_client.output.views import Detail, FirstOf, Listing, Sections, Tiles, View, fields_of

__all__ = ["Detail", "FirstOf", "Format", "Listing", "Sections", "Tiles", "View", "fields_of", "say", "show"]
