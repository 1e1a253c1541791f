"""Runs in a bare interpreter: imports one built function, calls its handler once, prints the processor time
of both and what was loaded. Imports nothing of this repository that the artefact does not contain.

Arguments: a file with the event, then the import path.
"""

import json
import sys
import time
from pathlib import Path

given = json.loads(Path(sys.argv[1]).read_text())
sys.path[:0] = sys.argv[2:]


class Context:
    """The attributes that handlers and Powertools read."""

    function_name = "blue-function"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:blue-function"
    aws_request_id = "5c1f6b0e-6d1c-4f0a-9a47-2f6f3ad2c0de"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


began = time.process_time()
import app  # type: ignore[import-not-found]  # noqa: E402  # the built function's, once the path has it

imported = time.process_time()
answer = app.lambda_handler(given, Context())
answered = time.process_time()
figures = {
    "import_ms": (imported - began) * 1000,
    "answer_ms": (answered - imported) * 1000,
    "modules": len(sys.modules),
    "status": answer.get("statusCode", 200) if isinstance(answer, dict) else 200,
    "answer": str(answer)[:300],
}
sys.stdout.write("\n" + json.dumps(figures))
