"""`certctl inventory`: its commands, each imported when it runs."""

import typer

from certctl_client.cli.lazy import Later, lazy_group

_LATER = {
    "import": Later(
        "commands.inventory.sending:import_certificates",
        "Import certificates from directories, files or standard input. Private keys stay where they are.",
    ),
    "list": Later(
        "commands.inventory.reading:list_observed",
        "Observed certificates, of any issuer, newest first.",
    ),
    "get": Later(
        "commands.inventory.reading:get_observed", "One observed certificate, and the places that have it."
    ),
    "summary": Later(
        "commands.inventory.figures:show_summary",
        "What the inventory has: counts by status, issuer, key and trait, of last night.",
    ),
    "readiness": Later(
        "commands.inventory.figures:show_readiness",
        "What certificates of 47 days mean: what has to change, renewals a year, and who makes them.",
    ),
    "set": Later(
        "commands.inventory.belonging:set_belonging",
        "Give an observed certificate to a team and an owner, or tag it. Later ones with its names follow.",
    ),
    "sources": Later(
        "commands.inventory.reading:list_sources", "Who reports certificates, and what each report covers."
    ),
}

app = typer.Typer(
    cls=lazy_group(_LATER),
    help="Inventory: certificates that were found, of any issuer.",
    no_args_is_help=True,
)
