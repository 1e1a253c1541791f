"""Takes out of a layer the files of packages that nothing reads at run time: 4 of its 48 MB.

python cut_unused.py PACKAGES. A pattern that finds nothing ends the build: an update moved or mended it.
"""

import shutil
import sys
from pathlib import Path

UNUSED = (
    # Swagger's page: the API describes itself in docs/, and no resolver serves it.
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    # Compilers of C bindings. cryptography calls `_cffi_backend`, which is a module beside them, and stays.
    "cffi",
    "pycparser",
    # For type checkers, and for scanners, which read requirements.txt.
    "**/*.pyi",
    "*.dist-info/sboms",
)


def main(packages: Path) -> None:
    for pattern in UNUSED:
        found = sorted(packages.glob(pattern))
        if not found:
            raise SystemExit(f"the layer has no {pattern}: see {Path(__file__).name}")
        for path in found:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
