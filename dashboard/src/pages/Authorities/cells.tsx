/** What tables of CAs have in their cells. */

import type { Authority } from "../../api/authorities";
import { RowLink } from "../../components/RowLink";
import { StatusBadge } from "../../components/StatusBadge";
import classes from "./Authorities.module.css";
import { commonNameOf, completeCrl, ROLES, stateInWords } from "./crl";
import { CrlBadge } from "./CrlBadge";

export function CaName({ ca: { ca_id, subject, role } }: { ca: Authority }) {
  return <RowLink to={`/cas/${ca_id}`} title={commonNameOf(subject)} below={ROLES[role]} />;
}

export function CaBadge({ ca }: { ca: Pick<Authority, "state" | "revoked_at"> }) {
  const { label, tone } = stateInWords(ca);
  return <StatusBadge status={label} label={label} tone={tone} />;
}

/** The state of its CRL, and the number once there is one. */
export function CaCrl({ ca }: { ca: Authority }) {
  const crl = completeCrl(ca);
  if (crl === undefined) return null;
  return (
    <span className={classes.crl}>
      <CrlBadge crl={crl} /> {crl.crl_number > 0 && `${crl.crl_number}`}
    </span>
  );
}
