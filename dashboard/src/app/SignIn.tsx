import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useEffect, useState } from "react";

import { ApiError, messageOf } from "../api/errors";
import { looksLikeKey, startSession } from "../api/session";
import { endedSessions, forgetReason, signedOutBecause } from "../api/sessionEnd";
import { Brand } from "./Brand";
import { sessionQuery } from "./sessionQuery";
import classes from "./SignIn.module.css";
import { Fault } from "./signIn/Fault";
import { Providers, useProviders } from "./signIn/Providers";

const MALFORMED = "This is not a whole API key. It begins with certctl_ and has no spaces: copy all of it.";

function refusal(error: Error): string {
  const isRefused = error instanceof ApiError && error.status === 401 && !error.isAsleep;
  return isRefused ? "This API key is not valid. It may have expired or been revoked." : messageOf(error);
}

export function SignIn() {
  const queries = useQueryClient();
  const hasProviders = useProviders().length > 0;
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const signIn = useMutation({
    mutationFn: startSession,
    onSuccess: (session) => {
      forgetReason();
      queries.setQueryData(sessionQuery(endedSessions()), session);
    },
    // The text of a key must not stay in a cache.
    gcTime: 0,
    onError: (error) => setProblem(refusal(error)),
  });
  useEffect(() => {
    document.title = "Sign in · certctl";
  }, []);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const key = text.trim();
    setProblem(looksLikeKey(key) ? null : MALFORMED);
    if (looksLikeKey(key)) signIn.mutate(key);
  }

  return (
    <main className={classes.page}>
      <Paper className={classes.card} withBorder radius="lg">
        <form onSubmit={submit} noValidate>
          <Stack gap="lg">
            <Brand />
            <div>
              <Title order={1}>Sign in</Title>
              <Text c="dimmed" size="sm" mt={4}>
                {hasProviders ? "Use your identity provider, or an API key of this stack." : "Use an API key of this stack."}
              </Text>
            </div>
            <SignedOutNotice />
            <Fault />
            <Providers />
            <PasswordInput
              label="API key"
              placeholder="certctl_…"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              error={problem}
              autoComplete="off"
              spellCheck={false}
              required
              withAsterisk={false}
              classNames={{ innerInput: classes.key ?? "" }}
            />
            <Button type="submit" variant={hasProviders ? "default" : "filled"} loading={signIn.isPending} fullWidth>
              Sign in
            </Button>
            <Text c="dimmed" size="xs">
              The key is not kept: it starts a session of up to 8 hours in this browser.
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}

function SignedOutNotice() {
  const reason = signedOutBecause();
  if (reason === null) return null;
  return (
    <Alert color="yellow" role="status">
      {reason}
    </Alert>
  );
}
