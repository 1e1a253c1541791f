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
      <PageHeader title="Overview" description="The fleet, what runs out next, and whether anybody hears of it." />
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
