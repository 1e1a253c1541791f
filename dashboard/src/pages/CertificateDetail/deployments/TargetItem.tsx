import { Text } from "@mantine/core";

import type { Deployment } from "../../../api/certificates";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { Icon } from "../../../components/Icon";
import { StatusBadge } from "../../../components/StatusBadge";
import { Time } from "../../../components/Time";
import { type Place, unusable } from "./deployable";
import { DeploymentLine } from "./DeploymentLine";
import classes from "./Deployments.module.css";

interface TargetItemProps {
  place: Place;
  /** Undefined: there was none, as far as was read. */
  last: Deployment | undefined;
  current: string | null;
}

/** A target, its agent, and what became of the newest deployment there. */
export function TargetItem({ place, last, current }: TargetItemProps) {
  const problem = unusable(place);
  return (
    <li className={classes.target}>
      <span className={classes.mark}>
        <Icon name="server" size={16} />
      </span>
      <div className={classes.words}>
        <div className={classes.head}>
          <span className={classes.name}>
            <CatalogLink kind="targets" id={place.id} />
          </span>
          <Text size="xs" c="dimmed" component="span">
            {place.target?.type}
          </Text>
        </div>
        {problem === null ? <AgentLine place={place} /> : <p className={classes.problem}>{problem}</p>}
        {last === undefined ? (
          <Text size="sm" c="dimmed">
            Nothing has been deployed here yet.
          </Text>
        ) : (
          <DeploymentLine deployment={last} current={current} />
        )}
      </div>
    </li>
  );
}

function AgentLine({ place: { target, agent } }: { place: Place }) {
  if (target === undefined) return null;
  return (
    <div className={classes.agent}>
      <span>
        Agent <CatalogLink kind="agents" id={target.agent_id} />
      </span>
      {agent !== undefined && (
        <>
          <StatusBadge status={agent.status} />
          {agent.status === "Online" ? (
            <span>
              expected <Time at={agent.next_contact_at} />
            </span>
          ) : (
            <span>
              last seen <Time at={agent.last_heartbeat_at} none="never" />
            </span>
          )}
        </>
      )}
    </div>
  );
}
