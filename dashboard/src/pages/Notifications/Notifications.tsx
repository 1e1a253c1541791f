import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Tab } from "../../api/notifications";
import { PUSH, useAddress } from "../../components/address";
import { PageHeader } from "../../components/PageHeader";
import { countDeadQuery } from "./deadCount";
import { NotificationList } from "./NotificationList";
import classes from "./Notifications.module.css";
import { RequeueQuestion } from "./RequeueQuestion";

export default function Notifications() {
  const { activeTab, setActiveTab } = useActiveTab();
  return (
    <>
      <PageHeader title="Notifications" description="Alerts that were sent, and alerts that could not be delivered." docs="alerts" />
      <Tabs value={activeTab} onChange={setActiveTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="all">All</Tabs.Tab>
          <Tabs.Tab value="dead" rightSection={<DeadCount />}>
            Dead letter
          </Tabs.Tab>
        </Tabs.List>
        <RequeueQuestion>
          <Tabs.Panel value="all">
            <NotificationList tab="all" />
          </Tabs.Panel>
          <Tabs.Panel value="dead">
            <NotificationList tab="dead" />
          </Tabs.Panel>
        </RequeueQuestion>
      </Tabs>
    </>
  );
}

/** In the address; the other filters stay, but that all dead ones have one status. */
function useActiveTab() {
  const { parameters, set } = useAddress();
  const activeTab: Tab = parameters.get("tab") === "dead" ? "dead" : "all";
  const setActiveTab = (tab: string | null) => set({ status: null, tab: tab === "dead" ? tab : null }, PUSH);
  return { activeTab, setActiveTab };
}

/** Nothing until it is known, and where it cannot be read. */
function DeadCount() {
  const { data } = useQuery(countDeadQuery);
  if (data === undefined || data === null || data === 0) return null;
  return <span className={classes.count}>{data.toLocaleString("en")}</span>;
}
