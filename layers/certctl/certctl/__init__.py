"""certctl: the control plane package shipped as a Lambda layer."""

import sys

# botocore loads pyOpenSSL, and cryptography with it, wherever that is installed, only to take the standard
# library's context from it: some 40 ms of every cold start. It is there for the `acme` library, which loads
# it by itself. None is how Python is told that an import is refused.
sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]  # the stub knows no None
