"""Entries of CRLs as Hypothesis makes them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from certctl.crypto.serials import serial_text
from certctl.crypto.status.crl_building import RevokedEntry
from certctl.crypto.status.reasons import REASON_FLAGS

_MOST = 2**159 - 1
_SECONDS = st.floats(0, 4_400_000_000)  # to the year 2109
_EDGES = [datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)]
_TIMES = _SECONDS.map(lambda seconds: datetime.fromtimestamp(seconds, UTC)) | st.sampled_from(_EDGES)
_SERIALS = st.integers(1, _MOST) | st.sampled_from([1, 127, 128, 255, 256, 2**152 - 1, 2**158, _MOST])
ENTRIES = st.builds(
    RevokedEntry,
    st.builds(serial_text, _SERIALS),
    _TIMES,
    st.sampled_from(sorted(REASON_FLAGS)),
    st.none() | _TIMES,
)
LISTS = st.lists(ENTRIES, max_size=12, unique_by=lambda entry: entry.serial).map(
    lambda entries: sorted(entries, key=lambda entry: entry.serial)
)
"""Sorted by serial, as a CRL has them."""
