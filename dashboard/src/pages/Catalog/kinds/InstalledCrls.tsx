import { Text } from "@mantine/core";

import type { Schemas } from "../../../api/client";
import { isPast, useNow } from "../../../components/now";
import { StatusBadge } from "../../../components/StatusBadge";
import { ExactTime, Time } from "../../../components/Time";
import classes from "../Catalog.module.css";

const MINUTE_MS = 60_000;

type Report = NonNullable<Schemas["TargetView"]["crl_report"]>;
type Crl = Report["crls"][number];

export const CRL_BUNDLE = "CRLBundle";

function Freshness({ crl }: { crl: Crl }) {
  const now = useNow(MINUTE_MS);
  if (isPast(crl.next_update, now)) return <StatusBadge status="expired" label="Expired" tone="bad" />;
  return isPast(crl.stale_at, now) ? (
    <StatusBadge status="stale" label="Runs out" tone="bad" />
  ) : (
    <StatusBadge status="fresh" label="Fresh" tone="ok" />
  );
}

/** The CRLs that a server verifies its clients with, as the agent last reported them. */
export function InstalledCrls({ report }: { report: Report | null }) {
  return (
    <section className={classes.drawerSection} aria-label="Installed CRLs">
      <h3 className={classes.drawerTitle}>Installed CRLs</h3>
      {report === null ? (
        <Text size="sm">The agent has not reported any yet. Its host must allow targets of type CRLBundle.</Text>
      ) : (
        <>
          {report.problem !== "" && (
            <Text size="sm" c="orange">
              {report.problem}
            </Text>
          )}
          <ul className={classes.links}>
            {report.crls.map((crl) => (
              <li key={`${crl.issuer} ${crl.number}`}>
                <span>
                  {crl.issuer}, CRL {crl.number}, valid until <ExactTime at={crl.next_update} />
                </span>
                <Freshness crl={crl} />
              </li>
            ))}
          </ul>
          <Text size="sm">
            Reported <Time at={report.reported_at} />. The agent reports again when something changes.
          </Text>
        </>
      )}
    </section>
  );
}
