"""Composes ocsp_responder, which anyone may call: it reads single rows, opens responders' keys, and writes
nothing."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides

if TYPE_CHECKING:
    from certctl.crypto.status.ocsp_responses import Responder
    from certctl.domain.status.ocsp import StoredResponder
    from certctl.services.status.ocsp_answers import OcspAnswers
    from certctl.services.status.ocsp_unknown import UnknownSerials

# Two attempts within the two seconds after which the answer is tryLater.
_READ_SECONDS, _ATTEMPTS = 1, 2


class OcspResponder:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)

    @cached_property
    def answers(self) -> "OcspAnswers":
        from certctl.services.status.ocsp_answers import OcspAnswers
        from certctl.store.status.ocsp_reads import OcspReads

        client = self._base.new_client("dynamodb", read_seconds=_READ_SECONDS, attempts=_ATTEMPTS)
        reads = OcspReads(client, config.table_names())
        return OcspAnswers(reads, self._open, config.ocsp_answer_validity(), self._base.now)

    @cached_property
    def unknown(self) -> "UnknownSerials":
        from certctl.services.status.ocsp_unknown import UnknownSerials

        return UnknownSerials(self._base.now)

    def _open(self, stored: "StoredResponder") -> "Responder":
        """One call of KMS."""
        from certctl.connectors.aws.wrapping import KeyWrapping, responder_context
        from certctl.crypto.status.ocsp_keys import responder_of

        client = self._base.new_client("kms", read_seconds=_READ_SECONDS, attempts=_ATTEMPTS)
        wrapping = KeyWrapping(client, config.ocsp_key_arn())
        context = responder_context(config.stack().name, stored.ca_id)
        return responder_of(stored.certificate, wrapping.unwrap(stored.wrapped_key, context))
