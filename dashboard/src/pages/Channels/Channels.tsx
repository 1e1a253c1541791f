import { Tabs } from "@mantine/core";

import { useAddress } from "../../components/address";
import { PageHeader } from "../../components/PageHeader";
import { ChannelList } from "./ChannelList";
import { MuteList } from "./MuteList";
import { RuleList } from "./RuleList";

const TABS = ["channels", "routing", "mutes"] as const;

/** The tab stands in the address. */
export default function Channels() {
  const { parameters, replaceAll } = useAddress();
  const tab = TABS.find((name) => name === parameters.get("tab")) ?? "channels";
  const show = (name: string | null) => replaceAll(name === null || name === "channels" ? {} : { tab: name });
  return (
    <>
      <PageHeader title="Channels" description="Where alerts go: channels, routing rules and mutes." docs="channels" />
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="md" aria-label="Channels, rules and mutes">
          <Tabs.Tab value="channels">Channels</Tabs.Tab>
          <Tabs.Tab value="routing">Routing rules</Tabs.Tab>
          <Tabs.Tab value="mutes">Mutes</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="channels">
          <ChannelList />
        </Tabs.Panel>
        <Tabs.Panel value="routing">
          <RuleList />
        </Tabs.Panel>
        <Tabs.Panel value="mutes">
          <MuteList />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
