"""How long each built function takes to import, over a bare interpreter, and how large it is.

Run: `make bench`, on a quiet machine: beside other work it shows a third more. `made` also counts the
objects that its first request makes. Last result (2026-11-25, 2 cores, Python 3.13, ms; four runs
differed by up to 90): public_api 337, notifications_api 331, certificates_api 333, insights_api 342,
agents_api 348-419, catalog_api 450; all over their budget. crl_publisher 228, stack_admin 253,
external_issuer_worker 69, the others 18 to 47. Layers 60.7 MiB (30.3 zipped) and 3.5 MiB (1.7).

boto3 and requests (2026-11-26, the code before and after in turn, under a load of 18, median of 5):
`import` is as it was, for neither is imported at the start: notification_worker 67 and 65,
retry_sweep_schedule 29 and 30, external_issuer_worker 105 and 95, certificates_api 477 and 442,
notifications_api 499 and 486. Up to the first send, requests included, notification_worker took 460 and
516, retry_sweep_schedule 455 and 515; without sending 436 and 471, 451 and 473: that is boto3.

2026-11-26, niced beside other work: public_api 337, certificates_api 335, notifications_api 350,
insights_api 350, agents_api 354, catalog_api 412; stack_admin 247, crl_publisher 224,
external_issuer_worker 74, the others 46 to 53. Layers 60.7 MiB (30.3 zipped) and 3.6 MiB (1.8).

2026-11-27, quiet: identity_api 333 (360 is its bound), insights_api 358, public_api 364, agents_api 378,
notifications_api 392, certificates_api 394, catalog_api 429; crl_publisher 236, stack_admin 121,
external_issuer_worker 85, ocsp_responder 55 (first answer 269), the others 51 to 61. Layers 60.9 MiB (30.4
zipped) and 6.5 MiB (3.2).
"""

import resource
import statistics
import subprocess
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from tests.support.functions.artefacts import ISOLATED, LAYERS, PYTHON, Artefacts, built, environment

RUNS = 11
API_BUDGET_MS = 320
OTHER_BUDGET_MS = 260


def main() -> None:
    artefacts = built()
    bare = _median_ms("pass")
    print(f"{'function':<24}{'import':>8}{'budget':>8}{'made':>8}{'modules':>9}   ms, median of {RUNS}")
    late = [folder for folder in artefacts.folders if not _reported(artefacts, folder, bare)]
    print(f"bare interpreter {bare:.0f} ms")
    for layer in LAYERS:
        size, zipped = _mib(artefacts.size(layer)), _mib(_zipped(artefacts, layer))
        print(f"{layer:<24}{size:>8.1f} MiB, {zipped:.1f} zipped")
    print(f"over budget: {', '.join(late) or 'none'}")


def budget_ms(folder: str) -> int:
    """acme_api has neither pydantic nor a resolver."""
    return API_BUDGET_MS if folder.endswith("_api") and folder != "acme_api" else OTHER_BUDGET_MS


def _reported(artefacts: Artefacts, folder: str, bare: float) -> bool:
    """Whether it keeps its budget."""
    probed, path = artefacts.probe(folder), artefacts.path_of(folder)
    imported = _median_ms(_importing(path)) - bare
    made = _median_ms(_importing(path, probed.made)) - bare
    print(f"{folder:<24}{imported:>8.0f}{budget_ms(folder):>8}{made:>8.0f}{len(probed.imported):>9}")
    return imported <= budget_ms(folder)


def _importing(path: list[str], factories: Sequence[str] = ()) -> str:
    calls = [f"app.services.{name}" for name in factories]
    return "\n".join([f"import sys; sys.path[:0] = {path!r}", "import app", *calls])


def _median_ms(code: str) -> float:
    return statistics.median(_run_ms(code) for _ in range(RUNS))


def _run_ms(code: str) -> float:
    """Processor time, which others on the machine hardly change: an import waits for nothing. Writes no
    bytecode, for /var/task is read-only: Lambda compiles app.py at every start as well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([PYTHON, *ISOLATED, "-c", code], check=True, env=environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def _zipped(artefacts: Artefacts, layer: str) -> int:
    target, root = BytesIO(), Path(artefacts.directory / layer)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, path.relative_to(root))
    return target.tell()


def _mib(size: int) -> float:
    return size / 2**20


if __name__ == "__main__":
    main()
