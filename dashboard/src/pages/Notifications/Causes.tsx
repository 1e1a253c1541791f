import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import type { NotificationGroup } from "../../api/notifications";
import { StateAndTime, useTroubled } from "../../components/ChannelTrouble";
import { useGroups } from "./groups";
import classes from "./Notifications.module.css";
import { deathLabel } from "./words";

/** The dead letters by channel and cause: a repair mends a whole group. Each leads to its list. */
export function Causes() {
  const { data } = useGroups("dead");
  if (data === undefined || data.data.length === 0) return null;
  return (
    <ul className={classes.causes} aria-label="Dead letters by channel and cause">
      {data.data.map((group) => (
        <Cause key={`${group.channel_id} ${group.dead_because}`} group={group} />
      ))}
      {!data.complete && <li>The newest 500; there are more.</li>}
    </ul>
  );
}

function Cause({ group }: { group: NotificationGroup }) {
  const { channel_id: channel, dead_because: because, count, last_error } = group;
  const [troubled] = useTroubled([channel]);
  const query = new URLSearchParams({ tab: "dead", channel, ...(because !== null && { dead_because: because }) });
  return (
    <li>
      <Anchor component={Link} to={`/notifications?${query.toString()}`} inherit fw={600}>
        {count.toLocaleString("en")} at {channel}: {deathLabel(group) ?? "Dead"}
      </Anchor>
      {troubled !== undefined && (
        <Anchor component={Link} to="/channels" inherit c="var(--bad)">
          <StateAndTime channel={troubled} />
        </Anchor>
      )}
      {last_error !== null && <span className={classes.causeError}>{last_error}</span>}
    </li>
  );
}
