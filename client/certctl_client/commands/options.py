"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from certctl_client.output import Format

Output = Annotated[
    Format, typer.Option("--output", "-o", envvar="CERTCTL_OUTPUT", help="For people, or for machines.")
]
Limit = Annotated[int, typer.Option(min=1, help="Records at most.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", help="Write it into this new file instead.", dir_okay=False)
]
