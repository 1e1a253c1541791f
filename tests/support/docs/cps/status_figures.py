"""Figures of docs/cps.md about names, CRLs and OCSP."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from certctl.api.status import ocsp_messages
from certctl.crypto.serials import new_serial
from certctl.crypto.status import ocsp_requests
from certctl.domain.acme.eab_keys import AuthorizationMode, ChallengeType
from certctl.domain.authorities import authorities
from certctl.domain.policies import profiles
from certctl.domain.status import editions, looks, ocsp, publications
from certctl.services.status import ocsp_answers
from tests.support.docs.cps.figure import DAY, HOUR, MINUTE, SECOND, Figure, figure, parameter, whole
from tests.support.template import load_template

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def status_figures() -> list[Figure]:
    return [*_of_publication(), *_of_crls(), *_of_ocsp()]


def _of_publication() -> list[Figure]:
    return [
        figure(
            "2.1",
            "objects stay in the bucket for {days} days",
            "template.yaml PkiBucket LifecycleConfiguration",
            days=_kept_crls(),
        ),
        figure("3.1.5", "{bits} random bits", "crypto/serials.py new_serial", bits=_serial_bits()),
        figure(
            "3.2.4",
            "by one of {types}, unless the mode of the EAB key is `{mode}`",
            "domain/acme/eab_keys.py ChallengeType",
            types=", ".join(f"`{each}`" for each in ChallengeType),
            mode=AuthorizationMode.TRUSTED,
        ),
    ]


def _of_crls() -> list[Figure]:
    return [
        figure(
            "4.9.5",
            "due within {due} seconds; an alarm is raised if a relying party does not see it "
            "within {crl} seconds "
            "by CRL or {ocsp} seconds by OCSP",
            "domain/status REBUILT_WITHIN, OVERDUE_AFTER",
            due=whole(publications.REBUILT_WITHIN, SECOND),
            crl=whole(looks.OVERDUE_AFTER[looks.Way.CRL], SECOND),
            ocsp=whole(looks.OVERDUE_AFTER[looks.Way.OCSP], SECOND),
        ),
        figure(
            "4.9.7",
            "A CRL of an issuing CA is valid for {valid} hours and made again at each change, "
            "and after {again} "
            "hours; one CRL at most every {spacing} seconds.",
            "domain/authorities CRL_VALIDITY; domain/status/editions.py is_to_be_renewed, SPACING",
            valid=whole(authorities.CRL_VALIDITY, HOUR),
            again=whole(renewed_after("issuing"), HOUR),
            spacing=whole(editions.SPACING, SECOND),
        ),
        figure(
            "4.9.7",
            "A CRL of a root is valid for {valid} days and made again at each change, and after "
            "{again} days.",
            "domain/authorities ROOT_CRL_VALIDITY; domain/status/editions.py is_to_be_renewed",
            valid=whole(authorities.ROOT_CRL_VALIDITY, DAY),
            again=whole(renewed_after("root"), DAY),
        ),
        figure(
            "4.9.7",
            "thisUpdate is {minutes} minutes before the reading of its revocations",
            "domain/status/editions.py times_of",
            minutes=whole(_BEGAN - editions.times_of("issuing", _BEGAN, None).this_update, MINUTE),
        ),
        figure(
            "4.9.8",
            "when less than {issuing} hours of its validity are left, one of a root when less "
            "than {root} days are left",
            "domain/authorities CRL_LATE_WITH, ROOT_CRL_LATE_WITH",
            issuing=whole(authorities.CRL_LATE_WITH, HOUR),
            root=whole(authorities.ROOT_CRL_LATE_WITH, DAY),
        ),
    ]


def _of_ocsp() -> list[Figure]:
    hours, rate = parameter("OcspValidityHours"), parameter("OcspThrottleRate")
    return [
        figure(
            "4.9.9",
            "valid for {default} hours (`OcspValidityHours`, {least} to {most})",
            "template.yaml OcspValidityHours",
            default=hours["Default"],
            least=hours["MinValue"],
            most=hours["MaxValue"],
        ),
        figure(
            "4.9.9",
            "Clients may keep it for {minutes} minutes.",
            "api/status/ocsp_messages.py _FRESH_SECONDS",
            minutes=whole(timedelta(seconds=ocsp_messages._FRESH_SECONDS), MINUTE),
        ),
        figure(
            "4.9.9",
            "gets answers until {days} days after its end",
            "domain/status/ocsp.py ANSWERED_AFTER_END",
            days=whole(ocsp.ANSWERED_AFTER_END, DAY),
        ),
        figure(
            "4.9.9",
            "takes {rate} requests a second (`OcspThrottleRate`)",
            "template.yaml OcspThrottleRate",
            rate=rate["Default"],
        ),
        figure(
            "4.9.10",
            "live for {days} days at most and name neither",
            "domain/policies/profiles.py LONGEST_WITHOUT_REVOCATION",
            days=whole(profiles.LONGEST_WITHOUT_REVOCATION, DAY),
        ),
        figure(
            "4.9.12",
            "calls all its certificates revoked, within {minutes} minutes",
            "services/status/ocsp_answers.py _READ_AGAIN_AFTER",
            minutes=_responders_reread(),
        ),
        figure(
            "5.7.3",
            "replaced within {minutes} minutes, its certificate runs out within {hours} hours, "
            "the root's within "
            "{days} days",
            "services/status/ocsp_answers.py; domain/status/ocsp.py RESPONDER_VALIDITY and of the root",
            minutes=_responders_reread(),
            hours=whole(ocsp.RESPONDER_VALIDITY, HOUR),
            days=whole(ocsp.ROOT_RESPONDER_VALIDITY, DAY),
        ),
        figure(
            "7.3.2",
            "of 1 to {nonce} octets, is returned. The signer's certificate is in the answer. "
            "Requests ask about at "
            "most {certificates} certificates, in {octets} octets.",
            "crypto/status/ocsp_requests.py LONGEST_NONCE, MOST_CERTIFICATES, LONGEST_REQUEST",
            nonce=ocsp_requests.LONGEST_NONCE,
            certificates=ocsp_requests.MOST_CERTIFICATES,
            octets=ocsp_requests.LONGEST_REQUEST,
        ),
    ]


def _responders_reread() -> int:
    return whole(ocsp_answers._READ_AGAIN_AFTER, MINUTE)


def _kept_crls() -> int:
    rules: Sequence[Any] = load_template()["Resources"]["PkiBucket"]["Properties"]["LifecycleConfiguration"][
        "Rules"
    ]
    (rule,) = (each for each in rules if each["Id"] == "old-crls")
    return int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])


def renewed_after(role: str) -> timedelta:
    """The age at which a CRL that nothing changed is made again."""
    end = editions.times_of(role, _BEGAN, None).next_update
    shard = authorities.CrlShard("ca", "0", "http://pki.example.com/0.crl", open=True, next_update=end)
    return first_hour(lambda age: editions.is_to_be_renewed(role, shard, _BEGAN + age))


def first_hour(holds: Callable[[timedelta], bool]) -> timedelta:
    return next(hour * HOUR for hour in range(24 * 400) if holds(hour * HOUR))


def _serial_bits() -> int:
    return max(new_serial().bit_length() for _ in range(200))
