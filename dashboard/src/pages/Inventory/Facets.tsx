import { Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type InventorySummary, summaryQuery } from "../../api/inventoryReports";
import { labelOf } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { RENEWERS, TRAITS } from "../../components/words/traits";
import classes from "./Facets.module.css";
import { type ObservedFilterState, STATUSES } from "./filters";
import { issuerWords } from "./words";

type Name = "status" | "renewer" | "trait" | "issuer";

interface Facet {
  value: string;
  label: string;
  count: number;
}

const MOST_ISSUERS = 6;
/** Of the filter of the API, which takes a part of the name. */
const MOST_ISSUER = 120;
const GROUPS: readonly [name: Name, title: string][] = [
  ["status", "Status"],
  ["renewer", "Renewed by"],
  ["trait", "Trait"],
  ["issuer", "Issuer"],
];

/** What the last count found, each number a filter; nothing before the first count. */
export function Facets({ filters: { values, set } }: { filters: ObservedFilterState }) {
  const { team, owner } = values;
  const { data } = useQuery(summaryQuery({ ...(team !== undefined && { team }), ...(owner !== undefined && { owner }) }));
  if (data === undefined || data.computed_at === null) return null;
  const facets = facetsOf(data);
  return (
    <section aria-label="Facets" className={classes.facets}>
      {GROUPS.map(([name, title]) => (
        <Group key={name} title={title} facets={facets[name]} value={values[name]} onPick={(value) => set(name, value)} />
      ))}
      <Text size="xs" c="dimmed">
        Counted <Time at={data.computed_at} />: the list is of now.
      </Text>
    </section>
  );
}

function facetsOf({ by_status, by_renewer, by_issuer, traits }: InventorySummary): Record<Name, Facet[]> {
  return {
    status: STATUSES.map((value) => ({ value, label: labelOf(value), count: by_status[value] ?? 0 })),
    renewer: Object.entries(RENEWERS).map(([value, label]) => ({ value, label, count: by_renewer[value] ?? 0 })),
    trait: Object.entries(TRAITS).map(([value, label]) => ({ value, label, count: traits[value] ?? 0 })),
    issuer: by_issuer.slice(0, MOST_ISSUERS).map(({ name, certificates }) => {
      return { value: name.slice(0, MOST_ISSUER), label: issuerWords(name), count: certificates };
    }),
  };
}

interface GroupProps {
  title: string;
  facets: readonly Facet[];
  value: string | undefined;
  onPick: (value: string | null) => void;
}

function Group({ title, facets, value: chosen, onPick }: GroupProps) {
  const shown = facets.filter(({ count, value }) => count > 0 || value === chosen);
  if (shown.length === 0) return null;
  return (
    <div className={classes.group} role="group" aria-label={title}>
      <span className={classes.title}>{title}</span>
      {shown.map(({ value, label, count }) => {
        const isChosen = value === chosen;
        return (
          <UnstyledButton
            key={value}
            className={classes.facet ?? ""}
            aria-pressed={isChosen}
            onClick={() => onPick(isChosen ? null : value)}
          >
            <bdi>{label}</bdi> <span className={classes.count}>{count.toLocaleString("en")}</span>
          </UnstyledButton>
        );
      })}
    </div>
  );
}
