import type { Row } from "../../../api/catalog";
import { StatusBadge } from "../../../components/StatusBadge";
import { counted, daysBeforeExpiry } from "../../../components/words/count";
import { CatalogPage } from "../CatalogPage";
import { inWords } from "../duration";
import { AS_NUMBERS } from "../fields";
import type { Description } from "../kind";
import { EACH_ON_ENTER, NAME } from "../sharedFields";

const ON_RENEWAL = [
  { value: "renew", label: "Sign the last CSR again (same key)" },
  { value: "rekey", label: "Wait for a CSR with a new key" },
];

type Policy = Row<"renewal-policies">;

function Renewal({ row }: { row: Policy }) {
  return row.auto_renew ? <StatusBadge status="Automatic" tone="ok" /> : <StatusBadge status="Manual" tone="idle" />;
}

function alerts({ alert_thresholds_days }: Policy): string {
  return alert_thresholds_days.length === 0 ? "None" : daysBeforeExpiry(alert_thresholds_days);
}

const RENEWAL_POLICIES: Description<"renewal-policies"> = {
  kind: "renewal-policies",
  title: "Renewal policies",
  one: "renewal policy",
  icon: "refresh",
  description: "When certificates are renewed, how failed renewals are retried, and when alerts are sent.",
  empty: "Certificates without a renewal policy of their own use the default.",
  write: "catalog:write",
  builtIns: ["rp-default"],
  columns: [
    { id: "renewal", title: "Renewal", width: "130px", sortBy: (row) => Number(row.auto_renew), cell: (row) => <Renewal row={row} /> },
    {
      id: "window",
      title: "Window",
      width: "110px",
      hideWhenNarrow: true,
      sortBy: (row) => row.renewal_window_days,
      cell: (row) => counted(row.renewal_window_days, "days"),
    },
    { id: "retries", title: "Retries", width: "80px", hideWhenNarrow: true, cell: (row) => row.max_retries },
    { id: "alerts", title: "Alerts", hideWhenNarrow: true, cell: alerts },
  ],
  facts: (row) => [
    { term: "Renewal", value: <Renewal row={row} /> },
    { term: "Window", value: `${counted(row.renewal_window_days, "days")} before expiry, at most a third of the lifetime` },
    { term: "On renewal", value: ON_RENEWAL.find(({ value }) => value === row.on_renewal)?.label },
    { term: "Retries", value: `${row.max_retries}, the first after ${inWords(row.retry_interval_seconds)}` },
    { term: "Alerts", value: alerts(row) },
  ],
  sections: () => [
    { fields: [NAME] },
    {
      title: "Renewal",
      hint: "The window is capped at a third of the lifetime, so that certificates valid for 47 or 6 days are renewed in time.",
      fields: [
        { name: "auto_renew", label: "Renew automatically", form: "switch", fallback: true },
        {
          name: "renewal_window_days",
          label: "Window",
          form: "number",
          min: 1,
          max: 3650,
          fallback: 30,
          unit: "days",
          isNeeded: true,
          hint: "Before expiry.",
        },
        { name: "on_renewal", label: "On renewal", form: "choice", options: ON_RENEWAL, fallback: "renew" },
        { name: "max_retries", label: "Retries", form: "number", min: 1, max: 20, fallback: 3, isNeeded: true },
        { name: "retry_interval_seconds", label: "First retry after", form: "duration", fallback: 60, hint: "10 seconds to a day." },
      ],
    },
    {
      title: "Alerts",
      fields: [
        {
          name: "alert_thresholds_days",
          label: "Days before expiry",
          form: "list",
          codec: AS_NUMBERS,
          fallback: ["30", "14", "7", "0"],
          hint: `In descending order, without duplicates. ${EACH_ON_ENTER} Leave empty for no expiry alerts.`,
        },
      ],
    },
  ],
  deletion: "It disappears from all lists immediately. Its name and ID can be used again a few minutes later.",
};

export default function RenewalPolicies() {
  return <CatalogPage of={RENEWAL_POLICIES} />;
}
