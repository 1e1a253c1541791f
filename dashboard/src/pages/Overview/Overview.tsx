import { Button } from "@mantine/core";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";

import { statsKeys } from "../../api/stats";
import { Icon } from "../../components/Icon";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { ExpiryCard } from "./ExpiryCard";
import { HealthCard } from "./HealthCard";
import { JobTrendCard } from "./JobTrendCard";
import { StatusCard } from "./StatusCard";
import classes from "./Overview.module.css";
import { Tiles } from "./Tiles";

export default function Overview() {
  return (
    <>
      <PageHeader title="Overview" description="The fleet, what runs out next, and whether anybody hears of it." actions={<Refresh />} />
      <div className={layout.stack}>
        <Tiles />
        <div className={classes.wide}>
          <ExpiryCard />
          <StatusCard />
        </div>
        <div className={classes.wide}>
          <JobTrendCard />
          <HealthCard />
        </div>
      </div>
    </>
  );
}

function Refresh() {
  const queries = useQueryClient();
  const isBusy = useIsFetching({ queryKey: statsKeys.all }) > 0;
  return (
    <Button
      variant="default"
      leftSection={<Icon name="refresh" size={15} />}
      aria-busy={isBusy}
      onClick={() => void queries.invalidateQueries({ queryKey: statsKeys.all })}
    >
      Refresh
    </Button>
  );
}
