"""Records of certificates that ACME clients order."""

from collections.abc import Sequence
from datetime import datetime

from certctl.domain.acme.identifiers import Identifier, common_name_of
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.ids import new_id


def certificate_for(
    caller: AcmeCaller, identifiers: Sequence[Identifier], profile_id: str, now: datetime
) -> Certificate:
    """A new record: its fields are the EAB key's."""
    key, common_name = caller.eab_key, common_name_of(identifiers)
    first = [each.san for each in identifiers if each.value == common_name]
    return Certificate(
        id=new_id("mc", now),
        name=common_name,
        common_name=common_name,
        sans=tuple(dict.fromkeys([*first, *(each.san for each in identifiers)])),
        owner_id=key.owner_id,
        team_id=key.team_id,
        issuer_id=key.issuer_id,
        renewal_policy_id=key.renewal_policy_id,
        certificate_profile_id=profile_id,
        environment=key.environment,
        tags=dict(key.tags),
        acme=origin_of(caller),
        created_at=now,
        updated_at=now,
    )


def origin_of(caller: AcmeCaller) -> AcmeOrigin:
    return AcmeOrigin(caller.account.id, caller.eab_key.id)
