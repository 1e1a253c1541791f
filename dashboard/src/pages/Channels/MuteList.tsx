import { Button, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useNames } from "../../api/names";
import { endMute, type Mute, routingKeys, useMutes } from "../../api/routing";
import { Can } from "../../components/session";
import { ActorName } from "../../components/actors";
import { useAddress } from "../../components/address";
import { CertificateLink } from "../../components/CertificateLink";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Icon } from "../../components/Icon";
import { StatusBadge } from "../../components/StatusBadge";
import { Empty, QueryView } from "../../components/states";
import { Time } from "../../components/Time";
import classes from "./Channels.module.css";
import { MuteModal } from "./MuteModal";
import { severitiesInWords } from "./words";

export function MuteList() {
  const query = useMutes();
  return (
    <QueryView query={query} what="the mutes">
      {(mutes) => <Mutes mutes={mutes} />}
    </QueryView>
  );
}

function Mutes({ mutes }: { mutes: readonly Mute[] }) {
  const creating = useAddress().flag("new");
  return (
    <>
      <div className={classes.bar}>
        <Text size="sm" c="dimmed" maw={720}>
          Muted alerts are stored as sent with the outcome muted, and can be requeued one by one. A mute takes effect within 60 seconds.
        </Text>
        <Can permission="notifications:write">
          <Button size="sm" leftSection={<Icon name="plus" size={15} />} onClick={creating.open}>
            New mute
          </Button>
        </Can>
      </div>
      {mutes.length === 0 && (
        <Empty title="No mutes" icon="bell">
          A mute silences a certificate or a team for a time, now or in a future maintenance window.
        </Empty>
      )}
      <div className={classes.cards}>
        {mutes.map((mute) => (
          <MuteCard key={mute.id} mute={mute} />
        ))}
      </div>
      <MuteModal opened={creating.isOpen} onClose={creating.close} />
    </>
  );
}

/** What a mute silences, in words. */
function useTarget({ certificate_id, certificate_name, team_id }: Mute): string {
  const team = useNames("teams");
  return certificate_name ?? certificate_id ?? `Team ${team(team_id)}`;
}

function MuteCard({ mute }: { mute: Mute }) {
  const { certificate_id, certificate_name, team_id, severities, starts_at, ends_at, is_in_force, reason } = mute;
  const target = useTarget(mute);
  return (
    <article className={classes.card} aria-label={`Mute of ${target}`}>
      <div className={classes.head}>
        <div className={classes.words}>
          <Title order={2} className={classes.name ?? ""}>
            {certificate_id === null ? target : <CertificateLink id={certificate_id} name={certificate_name} />}
          </Title>
          <Text size="sm" c="dimmed">
            {severitiesInWords(severities)}
            {certificate_id !== null && (
              <>
                {" "}
                · team <CatalogLink kind="teams" id={team_id} isInText />
              </>
            )}
          </Text>
        </div>
        <StatusBadge status={is_in_force ? "Active" : "Scheduled"} tone={is_in_force ? "hold" : "idle"} />
      </div>
      <Text size="sm">{reason}</Text>
      <Text size="sm" c="dimmed">
        {!is_in_force && (
          <>
            Starts <Time at={starts_at} />,{" "}
          </>
        )}
        {is_in_force ? "Ends " : "ends "}
        <Time at={ends_at} /> · created by <ActorName id={mute.created_by} name={mute.created_by_name} />
      </Text>
      <Can permission="notifications:write">
        <End mute={mute} />
      </Can>
    </article>
  );
}

function End({ mute }: { mute: Mute }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => endMute(mute.id),
    onSuccess: close,
    onSettled: () => queries.invalidateQueries({ queryKey: routingKeys.mutes }),
  });
  const target = useTarget(mute);
  const label = mute.is_in_force ? "End now" : "Cancel";
  return (
    <div className={classes.actions}>
      <Button size="xs" variant="default" onClick={open} aria-label={`${label}: mute of ${target}`}>
        {label}
      </Button>
      <ConfirmModal
        title={`End the mute of ${target}?`}
        action="End mute"
        opened={isOpen}
        onClose={close}
        onConfirm={() => end.mutate()}
        isBusy={end.isPending}
        error={end.error}
      >
        <Text size="sm">Its alerts are sent again within 60 seconds. Muted alerts stay muted until someone requeues them.</Text>
      </ConfirmModal>
    </div>
  );
}
