import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { ExpiryCard } from "./ExpiryCard";
import { HealthCard } from "./HealthCard";
import { JobTrendCard } from "./JobTrendCard";
import { StatusCard } from "./StatusCard";
import { NeedsAttention } from "./NeedsAttention";
import { Onboarding } from "./Onboarding";
import classes from "./Overview.module.css";
import { Tiles } from "./Tiles";

export default function Overview() {
  return (
    <>
      <PageHeader title="Overview" description="What needs attention, what expires next, and whether alerts are delivered." />
      <div className={layout.stack}>
        <NeedsAttention />
        <Onboarding />
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
