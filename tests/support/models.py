"""All models, for what compares them with template.yaml and golden files. No function imports them all."""

from importlib import import_module
from pathlib import Path

import certctl.store
from certctl.store.rows import Item

_STORE = Path(certctl.store.__path__[0])


def _all() -> tuple[type[Item], ...]:
    """The classes of the modules of items."""
    for path in sorted(_STORE.rglob("*items.py")):
        import_module(".".join(("certctl.store", *path.relative_to(_STORE).with_suffix("").parts)))
    return tuple(sorted(Item.__subclasses__(), key=lambda model: model.__name__))


MODELS = _all()
