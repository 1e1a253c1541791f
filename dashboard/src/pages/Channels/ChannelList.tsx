import { Button, Text } from "@mantine/core";

import { type Channel, useChannels } from "../../api/channels";
import { Can } from "../../components/session";
import { useAddress } from "../../components/address";
import { Icon } from "../../components/Icon";
import { Empty, QueryView } from "../../components/states";
import { counted } from "../../components/words/count";
import { ChannelCard } from "./ChannelCard";
import { ChannelModal } from "./ChannelModal";
import classes from "./Channels.module.css";
import { isTroubled } from "./channelState";

export function ChannelList() {
  const query = useChannels();
  return (
    <QueryView query={query} what="the channels">
      {(channels) => <Cards channels={channels} />}
    </QueryView>
  );
}

function Cards({ channels }: { channels: readonly Channel[] }) {
  const creating = useAddress().flag("new");
  return (
    <>
      <div className={classes.bar}>
        <Text size="sm" c="dimmed">
          {summary(channels)}
        </Text>
        <Can permission="channels:write">
          <Button size="sm" leftSection={<Icon name="plus" size={15} />} onClick={creating.open}>
            New channel
          </Button>
        </Can>
      </div>
      {channels.length === 0 && (
        <Empty title="No channels" icon="channels">
          Alerts have nowhere to go. Create a channel here, or set the parameters of one when you deploy.
        </Empty>
      )}
      <div className={classes.cards}>
        {channels.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} />
        ))}
      </div>
      <ChannelModal opened={creating.isOpen} onClose={creating.close} />
    </>
  );
}

function summary(channels: readonly Channel[]): string {
  const troubled = channels.filter(isTroubled).length;
  const count = counted(channels.length, "channels");
  return troubled === 0 ? count : `${count}, ${troubled} not working`;
}
