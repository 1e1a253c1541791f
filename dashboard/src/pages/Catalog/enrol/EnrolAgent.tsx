import { Button, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { createBootstrapToken, type MintedToken } from "../../../api/agents";
import { catalogKeys } from "../../../api/catalog";
import { ApiError } from "../../../api/errors";
import { useRepeatable } from "../../../api/repeatable";
import { Can, useSession } from "../../../components/session";
import { useAddress } from "../../../components/address";
import { CatalogSelect } from "../../../components/catalog/CatalogSelect";
import { Icon } from "../../../components/Icon";
import { OneTimeModal } from "../../../components/OneTimeModal";
import { FormEnd } from "../../../components/FormEnd";
import { NextSteps } from "./NextSteps";

/** Mints a token by which the agent of a host registers itself. */
export function EnrolAgent() {
  const { isOpen, open, close } = useAddress().flag("enrol");
  return (
    <Can permission="agents:write">
      <Tooltip label="For a new host: a token with which its agent registers and generates its own key.">
        <Button leftSection={<Icon name="key" size={16} />} onClick={open}>
          Enroll an agent
        </Button>
      </Tooltip>
      <EnrolModal opened={isOpen} onClose={close} />
    </Can>
  );
}

function EnrolModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [minted, setMinted] = useState<MintedToken | null>(null);
  const queries = useQueryClient();
  const close = () => {
    setMinted(null);
    onClose();
    void queries.invalidateQueries({ queryKey: catalogKeys.all("agents") });
  };
  return (
    <OneTimeModal
      opened={opened}
      onClose={close}
      title={minted === null ? "Enroll an agent" : "The bootstrap token"}
      isSecret={minted !== null}
    >
      {minted === null ? <TokenForm onMade={setMinted} onCancel={close} /> : <NextSteps minted={minted} onDone={close} />}
    </OneTimeModal>
  );
}

const PATTERN = /^[a-z0-9*]([a-z0-9*._-]{0,251}[a-z0-9*])?$/i;
const EXPLANATION = "A host name. * matches any characters within one label: at most two, and one per label.";

/** As the API decides. */
function patternProblem(text: string): string | null {
  if (text === "") return "Required.";
  const tooMany = text.split("*").length > 3 || /\*[^.]*\*/.test(text);
  return PATTERN.test(text) && !text.includes("..") && !tooMany ? null : EXPLANATION;
}

/** The API's words by field. */
function errorsByField(error: Error | null): Partial<Record<string, string>> {
  const said = error instanceof ApiError ? error.errors : [];
  return Object.fromEntries(said.map(({ field, message }) => [field, message]));
}

function TokenForm({ onMade, onCancel }: { onMade: (minted: MintedToken) => void; onCancel: () => void }) {
  const { teams } = useSession();
  const [pattern, setPattern] = useState("");
  const [team, setTeam] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  // The token must not stay in a cache.
  const create = useMutation({ mutationFn: useRepeatable(createBootstrapToken), onSuccess: onMade, gcTime: 0 });
  const said = errorsByField(create.error);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = patternProblem(pattern.trim());
    setProblem(found);
    if (found === null) create.mutate({ hostname_pattern: pattern.trim(), ...(team !== "" && { team_id: team }) });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">The agent registers with a token that is valid for one agent and one hour. It generates its keys on the host.</Text>
        <TextInput
          label="Host name"
          description="Or a pattern: web-*.example.com. Other hosts cannot use the token."
          placeholder="web-1.example.com"
          value={pattern}
          onChange={(event) => setPattern(event.currentTarget.value)}
          error={problem ?? said.hostname_pattern}
          required
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <CatalogSelect
          kind="teams"
          label="Team"
          description={
            teams === "*" ? "The agent's team. If left empty, the default team." : "The agent's team. If left empty, your only team."
          }
          value={team}
          onChange={setTeam}
          error={said.team_id}
        />
        <FormEnd mutation={create} action="Create token" onCancel={onCancel} ownFields={["hostname_pattern", "team_id"]} />
      </Stack>
    </form>
  );
}
