import type { Row } from "../../../api/catalog";
import { StatusBadge } from "../../../components/StatusBadge";
import { CatalogPage } from "../CatalogPage";
import { inWords } from "../duration";
import { AS_NUMBERS } from "../fields";
import type { Description } from "../kind";
import { EACH_ON_ENTER, NAME } from "../sharedFields";

const ON_RENEWAL = [
  { value: "renew", label: "Sign the last request again: the same key" },
  { value: "rekey", label: "Await a request for a new key" },
];

type Policy = Row<"renewal-policies">;

function Renewal({ row }: { row: Policy }) {
  return row.auto_renew ? <StatusBadge status="Automatic" tone="ok" /> : <StatusBadge status="By hand" tone="idle" />;
}

function alerts({ alert_thresholds_days }: Policy): string {
  return alert_thresholds_days.length === 0 ? "None" : `${alert_thresholds_days.join(", ")} days before the end`;
}

const RENEWAL_POLICIES: Description<"renewal-policies"> = {
  kind: "renewal-policies",
  title: "Renewal policies",
  one: "renewal policy",
  icon: "refresh",
  description: "When certificates are renewed, how a failed renewal is tried again, and when people are told.",
  empty: "Without one of their own, certificates follow the default.",
  write: "catalog:write",
  builtIns: ["rp-default"],
  columns: [
    { id: "renewal", title: "Renewal", width: "130px", sortBy: (row) => Number(row.auto_renew), cell: (row) => <Renewal row={row} /> },
    { id: "window", title: "Window", width: "110px", hideWhenNarrow: true, sortBy: (row) => row.renewal_window_days, cell: (row) => `${row.renewal_window_days} days` },
    { id: "retries", title: "Tries", width: "80px", hideWhenNarrow: true, cell: (row) => row.max_retries },
    { id: "alerts", title: "Alerts", hideWhenNarrow: true, cell: alerts },
  ],
  facts: (row) => [
    { term: "Renewal", value: <Renewal row={row} /> },
    { term: "Window", value: `${row.renewal_window_days} days before the end, a third of the lifetime at most` },
    { term: "On renewal", value: ON_RENEWAL.find(({ value }) => value === row.on_renewal)?.label },
    { term: "Tries", value: `${row.max_retries}, the first again after ${inWords(row.retry_interval_seconds)}` },
    { term: "Alerts", value: alerts(row) },
  ],
  sections: () => [
    { fields: [NAME] },
    {
      title: "Renewal",
      hint: "The window is capped at a third of the lifetime, so that certificates of 47 or 6 days are renewed in time, too.",
      fields: [
        { name: "auto_renew", label: "Renew automatically", form: "switch", fallback: true },
        { name: "renewal_window_days", label: "Window", form: "number", min: 1, max: 3650, fallback: 30, unit: "days", isNeeded: true, hint: "Before the end." },
        { name: "on_renewal", label: "On renewal", form: "choice", options: ON_RENEWAL, fallback: "renew" },
        { name: "max_retries", label: "Tries", form: "number", min: 1, max: 20, fallback: 3, isNeeded: true },
        { name: "retry_interval_seconds", label: "Again after", form: "duration", fallback: 60, hint: "10 seconds to a day." },
      ],
    },
    {
      title: "Alerts",
      fields: [
        {
          name: "alert_thresholds_days",
          label: "Days before the end",
          form: "list",
          codec: AS_NUMBERS,
          fallback: ["30", "14", "7", "0"],
          hint: `Falling, none twice. ${EACH_ON_ENTER} None: no expiry alerts.`,
        },
      ],
    },
  ],
  deletion: "It is gone from all lists at once. Its name and id are free again a few minutes later.",
};

export default function RenewalPolicies() {
  return <CatalogPage of={RENEWAL_POLICIES} />;
}
