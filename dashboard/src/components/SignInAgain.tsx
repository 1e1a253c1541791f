import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";

import { readProvider } from "../api/commandLine";
import { signInAgainUrl } from "../api/signIn";

/** In another tab, so that nothing that was filled in is lost. Nothing after a sign-in with a key, which is none with a provider. */
export function SignInAgain() {
  const { pathname, search } = useLocation();
  const { data: provider } = useQuery({ queryKey: ["session", "provider"], queryFn: ({ signal }) => readProvider(signal) });
  if (provider == null) return null;
  return (
    <Stack gap={4}>
      <Text size="sm">What you filled in stays here. Sign in again, then come back to this tab and repeat what you did.</Text>
      <Anchor size="sm" href={signInAgainUrl(provider, pathname + search)} target="_blank" rel="noopener">
        Sign in again (opens a new tab)
      </Anchor>
    </Stack>
  );
}
