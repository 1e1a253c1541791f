"""Figures of docs/cps.md about requests, records, keys and lifetimes."""

from cryptography import x509

from certctl.crypto import keys
from certctl.crypto.issuing import csr
from certctl.crypto.names import MAX_COMMON_NAME, MAX_NAMES
from certctl.domain.access import api_keys, break_glass, sign_in
from certctl.domain.catalog import validation
from certctl.domain.identity import sessions
from certctl.domain.jobs import statuses
from certctl.domain.policies import certificate_policies, profiles
from certctl.domain.renewal import planning
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.revocation import revocations
from certctl.domain.status import ocsp, publications
from certctl.services.authorities import provisioning, setup
from tests.support.authorities.authority import new_authority
from tests.support.docs.cps.figure import DAY, HOUR, MINUTE, Figure, Value, figure, parameter, whole
from tests.support.template import load_template


def record_figures() -> list[Figure]:
    return [*_of_requests(), *_of_records(), *_of_keys(), *_of_lifetimes(), *_of_names()]


def _of_requests() -> list[Figure]:
    waits = {
        "csr": whole(statuses.AWAITING_CSR_TIMEOUT, HOUR),
        "approval": whole(statuses.AWAITING_APPROVAL_TIMEOUT, HOUR),
    }
    most = profiles.MOST_APPROVALS
    window = RenewalPolicy().renewal_window_days
    return [
        figure(
            "4.2.2",
            "the approval of 1 to {most} people",
            "domain/policies/profiles.py MOST_APPROVALS",
            most=most,
        ),
        figure(
            "5.2.2",
            "with up to {most} approvals by others",
            "domain/policies/profiles.py MOST_APPROVALS",
            most=most,
        ),
        figure(
            "4.2.3",
            "waits for its signing request for {csr} hours, for its approvals for {approval} hours",
            "domain/jobs/statuses.py AWAITING_CSR_TIMEOUT, AWAITING_APPROVAL_TIMEOUT",
            **waits,
        ),
        figure(
            "4.6.1",
            "renewed {days} days before its end, at most a {part} of its lifetime",
            "domain/renewal RenewalPolicy.renewal_window_days, LONGEST_WINDOW",
            days=window,
            part=_part(planning.LONGEST_WINDOW),
        ),
    ]


def _of_records() -> list[Figure]:
    return [
        figure(
            "5.2.3",
            "a sign-in of the last {minutes} minutes",
            "domain/access/sign_in.py RECENT",
            minutes=whole(sign_in.RECENT, MINUTE),
        ),
        figure(
            "5.2.3",
            "Sessions end after {hours} hours",
            "domain/identity/sessions.py LIFETIME",
            hours=whole(sessions.LIFETIME, HOUR),
        ),
        figure(
            "5.2.3",
            "API keys after {days} days unless they are made for longer, {most} days at most",
            "domain/access/api_keys.py DEFAULT_LIFETIME, LONGEST_LIFETIME",
            days=whole(api_keys.DEFAULT_LIFETIME, DAY),
            most=whole(api_keys.LONGEST_LIFETIME, DAY),
        ),
        figure(
            "5.2.3",
            "an emergency has {hours} hour",
            "domain/access/break_glass.py LIFETIME",
            hours=whole(break_glass.LIFETIME, HOUR),
        ),
        figure(
            "5.4.2",
            "sealed every {minutes} minutes",
            "template.yaml MaintenanceScheduleFunction",
            minutes=_maintenance_minutes(),
        ),
        figure(
            "5.4.3",
            "Changes {changes} days (`DomainAuditRetentionDays`), API calls {calls} days "
            "(`ApiAuditRetentionDays`)",
            "template.yaml DomainAuditRetentionDays, ApiAuditRetentionDays",
            changes=parameter("DomainAuditRetentionDays")["Default"],
            calls=parameter("ApiAuditRetentionDays")["Default"],
        ),
        figure(
            "5.4.4",
            "Object Lock in `{mode}` mode (`AuditLockMode`) for {days} days (`AuditLockDays`)",
            "template.yaml AuditLockMode, AuditLockDays",
            mode=parameter("AuditLockMode")["Default"],
            days=parameter("AuditLockDays")["Default"],
        ),
        figure(
            "5.5.2",
            "published CRLs is kept for {log} days, a revocation until {revocation} days after the end",
            "domain/status/publications.py KEPT; domain/revocation/revocations.py _KEPT",
            log=whole(publications.KEPT, DAY),
            revocation=whole(revocations._KEPT, DAY),
        ),
        figure(
            "5.6",
            "in use: {days} days with the built-in profiles",
            "domain/policies/profiles.py BUILT_IN_PROFILES",
            days=2 * _longest_built_in(),
        ),
    ]


def _of_keys() -> list[Figure]:
    return [
        figure(
            "6.1.3",
            "PKCS #10 request of {kib} KiB at most",
            "crypto/issuing/csr.py MAX_CSR_BYTES",
            kib=csr.MAX_CSR_BYTES // 1024,
        ),
        figure("6.1.5", "| subscriber | {allowed} |", "crypto/keys.py _ALLOWED", allowed=keys._ALLOWED),
        figure(
            "6.1.5",
            "The first root has an `{root}` key (`RootKeySpec`), the first issuing CA an `{issuing}` key",
            "template.yaml RootKeySpec, IssuingKeySpec",
            root=parameter("RootKeySpec")["Default"],
            issuing=parameter("IssuingKeySpec")["Default"],
        ),
        figure(
            "6.1.5",
            "| audit seals | `{spec}` |",
            "template.yaml AuditSealKey",
            spec=load_template()["Resources"]["AuditSealKey"]["Properties"]["KeySpec"],
        ),
        figure(
            "6.1.6",
            "RSA exponents of at least {exponent}",
            "crypto/keys.py _MIN_EXPONENT",
            exponent=keys._MIN_EXPONENT,
        ),
    ]


def _of_lifetimes() -> list[Figure]:
    return [
        figure(
            "6.3.2",
            "| root | {years} years ({days} days) |",
            "services/authorities/setup.py",
            **_years(setup.ROOT_LIFETIME.days),
        ),
        figure(
            "6.3.2",
            "| issuing CA | {years} years ({days} days), never",
            "services/authorities/provisioning.py",
            **_years(provisioning._LIFETIME.days),
        ),
        figure(
            "6.3.2",
            "as the profile says: {default} days by default, {least} minutes to {most} days",
            "domain/policies/profiles.py _DEFAULT_TTL; domain/catalog/validation.py",
            default=whole(profiles.Profile(()).max_ttl, DAY),
            least=whole(validation._SHORTEST_TTL, MINUTE),
            most=whole(validation._LONGEST_TTL, DAY),
        ),
        figure(
            "6.3.2",
            "| OCSP responder of an issuing CA | {hours} hours, replaced after {after} hours |",
            "domain/status/ocsp.py RESPONDER_VALIDITY, RESPONDER_RENEWED_AFTER",
            hours=whole(ocsp.RESPONDER_VALIDITY, HOUR),
            after=whole(ocsp.RESPONDER_RENEWED_AFTER, HOUR),
        ),
        figure(
            "6.3.2",
            "| OCSP responder of a root | {days} days, replaced after {after} hours |",
            "domain/status/ocsp.py ROOT_RESPONDER_VALIDITY, RESPONDER_RENEWED_AFTER",
            days=whole(ocsp.ROOT_RESPONDER_VALIDITY, DAY),
            after=whole(ocsp.RESPONDER_RENEWED_AFTER, HOUR),
        ),
        figure(
            "6.3.2",
            "begin {hours} hour before they are made, those of subscribers {minutes} minutes",
            "services/authorities _BACKDATED; domain/status/ocsp.py RESPONDER_BACKDATED; "
            "domain/policies BACKDATED_BY",
            hours=_backdated_hours(),
            minutes=whole(profiles.BACKDATED_BY, MINUTE),
        ),
    ]


def _of_names() -> list[Figure]:
    authority = new_authority()
    return [
        figure(
            "7.1.2",
            "pathLenConstraint is {root} in a root",
            "crypto/authorities/authority.py root_certificate",
            root=_path_length(authority.root),
        ),
        figure(
            "7.1.2",
            "made, and {issuing} in an issuing CA",
            "crypto/authorities/authority.py issuing_certificate",
            issuing=_path_length(authority.issuing),
        ),
        figure(
            "7.1.4",
            "common name, at most {length} characters",
            "crypto/names.py MAX_COMMON_NAME",
            length=MAX_COMMON_NAME,
        ),
        figure(
            "7.1.4", "A certificate has at most {names} names", "crypto/names.py MAX_NAMES", names=MAX_NAMES
        ),
        figure(
            "7.1.8",
            "which has at most {policies} policies",
            "domain/policies/certificate_policies.py MOST_POLICIES",
            policies=certificate_policies.MOST_POLICIES,
        ),
    ]


def _part(share: float) -> str:
    return {3: "third", 2: "half", 4: "quarter"}[round(1 / share)]


def _years(days: int) -> dict[str, Value]:
    return {"years": days // 365, "days": days}


def _backdated_hours() -> int:
    values = {setup.BACKDATED, provisioning._BACKDATED, ocsp.RESPONDER_BACKDATED}
    assert len(values) == 1, values
    return whole(values.pop(), HOUR)


def _longest_built_in() -> int:
    return max(whole(each.max_ttl, DAY) for each in profiles.BUILT_IN_PROFILES.values())


def _maintenance_minutes() -> int:
    events = load_template()["Resources"]["MaintenanceScheduleFunction"]["Properties"]["Events"]
    (rate,) = {each["Properties"]["ScheduleExpression"] for each in events.values()}
    return int(rate.removeprefix("rate(").removesuffix(" minutes)"))


def _path_length(certificate: x509.Certificate) -> int:
    length = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
    assert length is not None
    return length
