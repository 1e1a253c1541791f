"""The memory that this process has used."""

import re
from pathlib import Path


def peak_mebibytes() -> int:
    """Since it began (proc(5)). `ru_maxrss` would begin with what the parent had."""
    (kibibytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kibibytes) // 1024
