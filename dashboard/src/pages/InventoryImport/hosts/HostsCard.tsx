import { Button, Group, Stack, Textarea } from "@mantine/core";
import { type SubmitEvent, useState } from "react";

import { Card } from "../../../components/Card";
import { CatalogSelect } from "../../../components/catalog/CatalogSelect";
import { DocsWords } from "../../../components/docs/DocsLink";
import { Refusal } from "../../../components/Refusal";
import { useSession } from "../../../components/session";
import { counted } from "../../../components/words/count";
import { Refusals } from "../Refusals";
import { hostsIn, MOST_HOSTS } from "./hostLines";
import { HostResults } from "./HostResults";
import { useHosts } from "./useHosts";

/** domain/catalog/defaults.py: what belongs to no other team. */
const DEFAULT_TEAM = "t-default";

/** Hosts that are probed from the internet from now on. */
export function HostsCard() {
  const [text, setText] = useState("");
  const [teamId, setTeamId] = useOwnTeam();
  const { results, add, isPending, error, reset } = useHosts();
  const { hosts, problems } = hostsIn(text);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add({ hosts, teamId });
  };
  const startAgain = () => {
    setText("");
    reset();
  };
  const isSent = results.length > 0;
  return (
    <Card
      title="Paste host names"
      description={
        <>
          Each becomes an <DocsWords topic="endpoints">endpoint</DocsWords> that is probed from the internet: what it serves, and what is
          wrong with it.
        </>
      }
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          {isSent ? (
            <HostResults results={results} leftOut={problems} isSending={isPending} />
          ) : (
            <>
              <HostsField text={text} onChange={setText} isDisabled={isPending} />
              <Refusals title="Not sent" problems={problems} />
              <CatalogSelect
                kind="teams"
                label="Team"
                description="Its members see them."
                value={teamId}
                onChange={setTeamId}
                required
                disabled={isPending}
              />
            </>
          )}
          {error !== null && <Refusal error={error} />}
          <Actions
            isSent={isSent}
            isPending={isPending}
            failed={results.filter(({ state }) => state.kind === "failed").length}
            hosts={hosts.length}
            canSend={hosts.length > 0 && teamId !== ""}
            onRetry={() => add({ hosts: results.filter(({ state }) => state.kind === "failed"), teamId })}
            onAgain={startAgain}
          />
        </Stack>
      </form>
    </Card>
  );
}

function HostsField({ text, onChange, isDisabled }: { text: string; onChange: (text: string) => void; isDisabled: boolean }) {
  return (
    <Textarea
      label="Host names"
      description={`One a line, with a port if it is not 443. At most ${MOST_HOSTS}.`}
      placeholder={"www.example.com\nmail.example.com:993"}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
      rows={6}
      spellCheck={false}
      disabled={isDisabled}
    />
  );
}

interface ActionsProps {
  isSent: boolean;
  isPending: boolean;
  failed: number;
  hosts: number;
  canSend: boolean;
  onRetry: () => void;
  onAgain: () => void;
}

function Actions({ isSent, isPending, failed, hosts, canSend, onRetry, onAgain }: ActionsProps) {
  if (!isSent) {
    return (
      <Group justify="flex-end">
        <Button type="submit" loading={isPending} disabled={!canSend}>
          {hosts === 0 ? "Add endpoints" : `Add ${counted(hosts, "endpoints")}`}
        </Button>
      </Group>
    );
  }
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onAgain} disabled={isPending}>
        Add more
      </Button>
      {failed > 0 && (
        <Button onClick={onRetry} loading={isPending}>
          Try {counted(failed, "hosts")} again
        </Button>
      )}
    </Group>
  );
}

/** The first team of those who have teams; the stack's own for who has all. */
function useOwnTeam() {
  const { teams } = useSession();
  return useState(teams === "*" ? DEFAULT_TEAM : (teams[0] ?? ""));
}
