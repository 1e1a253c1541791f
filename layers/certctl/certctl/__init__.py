"""certctl: the control plane package shipped as a Lambda layer."""

import gc
import sys

from certctl.config import is_in_lambda

# botocore loads pyOpenSSL, and cryptography with it, wherever that is installed, only to take the standard
# library's context from it: some 40 ms of every cold start. It is there for the `acme` library, which loads
# it by itself. None is how Python is told that an import is refused.
sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]  # the stub knows no None

# An init makes some 200,000 objects that stay: collecting them over and over is a tenth of every cold start.
# `observability.with_context` ends it.
if is_in_lambda():
    gc.disable()
