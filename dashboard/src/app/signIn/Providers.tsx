import { Button, Divider, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";

import { fetchProviders, loginUrl, type OfferedProvider, PROVIDERS_QUERY } from "../../api/signIn";
import { SIGN_IN_PATH } from "./faults";

/** None while the list cannot be read. */
export function useProviders(): readonly OfferedProvider[] {
  return useQuery({ queryKey: [PROVIDERS_QUERY], queryFn: fetchProviders }).data ?? [];
}

/** A button for each provider; nothing if there is none. */
export function Providers() {
  const offered = useProviders();
  const { pathname, search } = useLocation();
  const returnTo = pathname === SIGN_IN_PATH ? "/" : `${pathname}${search}`;
  if (offered.length === 0) return null;
  return (
    <Stack gap="sm">
      {offered.map(({ id, name }) => (
        <Button key={id} component="a" href={loginUrl(id, returnTo)} fullWidth>
          Sign in with {name}
        </Button>
      ))}
      <Divider label="or with an API key" mt="xs" />
    </Stack>
  );
}
