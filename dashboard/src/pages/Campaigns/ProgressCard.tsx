import { Progress, Text, UnstyledButton } from "@mantine/core";

import type { Campaign, ItemState } from "../../api/campaigns";
import { useAddress } from "../../components/address";
import { Card } from "../../components/Card";
import { ItemBadge } from "./badges";
import classes from "./Campaigns.module.css";
import { countOf, doneOf, ITEM_ORDER } from "./words";

/** The filter of the list below, in the address. */
export const STATE = "state";

function share(count: number, total: number): number {
  return total === 0 ? 0 : (count / total) * 100;
}

/** How many certificates are in each state; each opens its list below. */
export function ProgressCard({ campaign }: { campaign: Campaign }) {
  const { total } = campaign;
  const done = doneOf(campaign);
  const states = ITEM_ORDER.filter((state) => countOf(campaign, state) > 0);
  return (
    <Card title="Progress" description="A certificate is done once none of its old versions is valid.">
      <Progress.Root size="lg">
        <Progress.Section value={share(done, total)} color="brand" aria-label="Certificates done" />
        <Progress.Section value={share(countOf(campaign, "failed"), total)} color="red" aria-label="Certificates failed" />
      </Progress.Root>
      <Text size="sm" mt={6} mb="md" role="status">
        {done.toLocaleString("en")} of {total.toLocaleString("en")} done
      </Text>
      {states.length > 0 && (
        <ul className={classes.states} aria-label="Certificates by state">
          {states.map((state) => (
            <li key={state}>
              <StateButton state={state} count={countOf(campaign, state)} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function StateButton({ state, count }: { state: ItemState; count: number }) {
  const { parameters, set } = useAddress();
  const isChosen = parameters.get(STATE) === state;
  return (
    <UnstyledButton className={classes.state ?? ""} aria-pressed={isChosen} onClick={() => set({ [STATE]: isChosen ? null : state })}>
      <ItemBadge state={state} />
      <span className={classes.count}>{count.toLocaleString("en")}</span>
    </UnstyledButton>
  );
}
