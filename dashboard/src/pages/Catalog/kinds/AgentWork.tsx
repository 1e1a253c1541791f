import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { catalogKeys, listCatalog } from "../../../api/catalog";
import { jobKeys, listJobs } from "../../../api/jobs";
import { useList } from "../../../api/paging";
import { useCan } from "../../../components/session";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { JobLink } from "../../../components/JobLink";
import { labelOf, StatusBadge } from "../../../components/StatusBadge";
import { DrawerList } from "../DrawerList";

const REFETCH_MS = 15_000;

/** The agent's open work: requests to make, versions to deploy. */
export function AgentWork({ id }: { id: string }) {
  const wanted = { agent_id: id };
  const list = useList(jobKeys.list(wanted), (page) => listJobs(wanted, page), {
    refetchInterval: REFETCH_MS,
    enabled: useCan("jobs:read"),
  });
  return (
    <DrawerList title="Pending work" list={list} none="No pending work.">
      {list.rows.map(({ id: jobId, type, status, certificate_name, certificate_id, target_id }) => (
        <li key={jobId}>
          <span>
            <JobLink id={jobId}>
              {labelOf(type)} of {certificate_name ?? certificate_id}
            </JobLink>
            {target_id !== null && (
              <>
                {" "}
                to <CatalogLink kind="targets" id={target_id} isInText />
              </>
            )}
          </span>
          <StatusBadge status={status} />
        </li>
      ))}
    </DrawerList>
  );
}

/** Where the agent puts certificates. */
export function AgentTargets({ id }: { id: string }) {
  const wanted = { agent_id: id };
  const list = useList(catalogKeys.list("targets", wanted), (page) => listCatalog("targets", wanted, page));
  return (
    <DrawerList title="Targets" list={list} none="None yet. Create a target and choose this agent in it.">
      {list.rows.map(({ id: targetId, name, type, enabled, unfit }) => (
        <li key={targetId}>
          <Anchor component={Link} to={`/targets?open=${targetId}`} inherit>
            {name}
          </Anchor>
          {unfit.length > 0 ? (
            <StatusBadge status="unfit" label="Not allowed on its host" tone="bad" />
          ) : (
            <StatusBadge status={enabled ? type : "Disabled"} label={enabled ? type : "Disabled"} tone="idle" />
          )}
        </li>
      ))}
    </DrawerList>
  );
}
