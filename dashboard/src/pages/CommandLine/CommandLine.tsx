import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";

import { createLoginCode, type LoginCode } from "../../api/commandLine";
import { useSession } from "../../components/session";
import { Card } from "../../components/Card";
import { Facts } from "../../components/Facts";
import { OneTimeKey } from "../../components/OneTimeKey";
import { PageHeader } from "../../components/PageHeader";
import { Refusal } from "../../components/Refusal";
import { type LoginPrompt, loginPromptIn, isLoopback } from "./request";

const TITLE = "Sign in on the command line";

export default function CommandLine() {
  const [query] = useSearchParams();
  const prompt = loginPromptIn(query);
  return (
    <>
      <PageHeader title={TITLE} description="certctl login asks for a session of its own." />
      {prompt === null ? <Incomplete /> : <Consent prompt={prompt} />}
    </>
  );
}

function Incomplete() {
  return (
    <Alert color="red" role="alert" title="This address is incomplete">
      Run certctl login again, and open the whole address that it shows.
    </Alert>
  );
}

function Consent({ prompt }: { prompt: LoginPrompt }) {
  const consent = useMutation({ mutationFn: () => createLoginCode(prompt.request), onSuccess: followRedirect });
  if (consent.data !== undefined) return <Consented code={consent.data} />;
  return (
    <Card title={`Allow certctl on ${prompt.host || "an unknown computer"}?`}>
      <Stack>
        <What prompt={prompt} />
        <Warning isPasted={prompt.isPasted} />
        {consent.isError && <Refusal error={consent.error} />}
        <Group justify="flex-end">
          <Button component={Link} to="/" variant="default">
            Cancel
          </Button>
          <Button loading={consent.isPending} onClick={() => consent.mutate()}>
            Allow
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function followRedirect({ redirect_to }: LoginCode) {
  if (redirect_to !== null && isLoopback(redirect_to)) window.location.assign(redirect_to);
}

function What({ prompt }: { prompt: LoginPrompt }) {
  const { name, role } = useSession();
  const rights = prompt.isPasted ? "What you may do, but nothing that only administrators may" : "All that you may do";
  return (
    <Facts
      facts={[
        { term: "Computer, as the address says", value: prompt.host || "Unknown" },
        { term: "You", value: `${name} (${role})` },
        { term: "Rights", value: rights },
        { term: "Lasts", value: "12 hours, or until certctl logout" },
      ]}
    />
  );
}

function Warning({ isPasted }: { isPasted: boolean }) {
  return (
    <Alert color="yellow" title="Did you run certctl login just now?">
      {isPasted
        ? "Anyone who has the code can act as you for 12 hours. Paste it only into your own terminal: we never ask you for it elsewhere."
        : "If not, choose Cancel: someone else may have sent you here."}
    </Alert>
  );
}

function Consented({ code }: { code: LoginCode }) {
  if (code.redirect_to !== null) {
    return (
      <Alert color="green" role="status" title="Allowed">
        <Text size="sm">Continue in the terminal. You can close this page.</Text>
      </Alert>
    );
  }
  return (
    <Card title="Paste this code into the terminal">
      <OneTimeKey name="certctl login" value={code.code} what="code" onDone={() => window.location.assign("/")}>
        It works once, and for a minute.
      </OneTimeKey>
    </Card>
  );
}
