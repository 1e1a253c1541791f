"""The worker of a job."""

from certctl.domain.jobs.statuses import Worker
from certctl.store.catalog.cache import CachedCatalog


def worker_of(book: CachedCatalog, issuer_id: str) -> Worker:
    """The worker of the jobs of its certificates. Raises Unavailable as `CachedCatalog.find`."""
    return Worker.SIGNING if book.signs_locally(issuer_id) else Worker.EXTERNAL
