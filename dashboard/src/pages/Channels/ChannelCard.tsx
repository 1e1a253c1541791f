import { Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";

import { type Channel, useChannelKinds } from "../../api/channels";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { useAddress } from "../../components/address";
import { StatusBadge } from "../../components/StatusBadge";
import { Time } from "../../components/Time";
import { fieldLabel, type FieldLabels } from "../../components/words/fieldLabels";
import { ChannelActions } from "./ChannelActions";
import classes from "./Channels.module.css";
import { Deliveries } from "./Deliveries";
import { settingLabels } from "./settings";
import { stateInWords } from "./channelState";

export function ChannelCard({ channel }: { channel: Channel }) {
  const { label, tone } = stateInWords(channel);
  const isSought = useAddress().parameters.get("open") === channel.id;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isSought) card.current?.scrollIntoView({ block: "center" });
  }, [isSought]);
  return (
    <article className={classes.card} aria-label={channel.id} ref={card} data-sought={isSought || undefined}>
      <div className={classes.head}>
        <div className={classes.words}>
          <Title order={2} className={classes.name ?? ""}>
            {channel.id}
          </Title>
          <Text size="sm" c="dimmed">
            {channel.kind} · {channel.origin === "api" ? "created here" : "from the deployment"}
            {channel.team_id !== null && (
              <>
                {" "}
                · team <CatalogLink kind="teams" id={channel.team_id} isInText />
              </>
            )}
          </Text>
        </div>
        <StatusBadge status={channel.state} label={label} tone={tone} />
      </div>
      <Trouble channel={channel} />
      {channel.warnings.map((warning) => (
        <div key={warning} className={classes.says} data-tone="warn">
          {warning}
        </div>
      ))}
      <ChannelSettings channel={channel} />
      <Deliveries id={channel.id} />
      <ChannelActions channel={channel} />
    </article>
  );
}

function Trouble({ channel }: { channel: Channel }) {
  const { says, tone } = stateInWords(channel);
  const { since, last_error, paused_until, disabled, origin } = channel;
  if (says === null) return last_error === null ? null : <Lines lines={[["Last error", last_error]]} />;
  return (
    <>
      <div className={classes.says} data-tone={tone}>
        {says}
        {disabled !== null && <div>{origin === "api" ? BY_SAVING : BY_REQUEUE}</div>}
      </div>
      <Lines
        lines={[
          ["Since", <Time key="since" at={disabled?.since ?? since} />],
          ["Last error", disabled?.error ?? last_error ?? "–"],
          ...(paused_until === null ? [] : ([["Paused until", <Time key="paused" at={paused_until} />]] as [string, ReactNode][])),
        ]}
      />
    </>
  );
}

const BY_SAVING = "Fix the problem at the provider, then choose Repair: the channel is tried again.";
const BY_REQUEUE =
  "Fix the problem at the provider, then requeue one of its dead letters: when that is delivered, the channel works again.";

function ChannelSettings({ channel }: { channel: Channel }) {
  const labels = useSettingLabels(channel);
  const settings = Object.entries(channel.settings);
  if (settings.length === 0) return null;
  return <Lines lines={settings.map(([name, text]) => [fieldLabel(`settings.${name}`, labels), text])} />;
}

function useSettingLabels({ kind }: Channel): FieldLabels {
  const definition = useChannelKinds().data?.find((one) => one.kind === kind);
  return definition === undefined ? {} : settingLabels(definition);
}

function Lines({ lines }: { lines: [string, ReactNode][] }) {
  return (
    <dl className={classes.settings}>
      {lines.map(([term, value]) => (
        <div key={term} className={classes.line}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
