import { StatusBadge } from "../../../components/StatusBadge";

export function EnabledBadge({ enabled }: { enabled: boolean }) {
  return enabled ? <StatusBadge status="Enabled" tone="ok" /> : <StatusBadge status="Disabled" tone="idle" />;
}
