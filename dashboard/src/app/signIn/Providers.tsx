import { Button, Divider, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";

import { fetchProviders, loginUrl, PROVIDERS_QUERY } from "../../api/signIn";
import { SIGN_IN_PATH } from "./faults";

/** A button for each provider; nothing if there is none, or while the list cannot be read. */
export function Providers() {
  const query = useQuery({ queryKey: [PROVIDERS_QUERY], queryFn: fetchProviders });
  const { pathname, search } = useLocation();
  const returnTo = pathname === SIGN_IN_PATH ? "/" : `${pathname}${search}`;
  if (query.data === undefined || query.data.length === 0) return null;
  return (
    <Stack gap="sm">
      {query.data.map(({ id, name }) => (
        <Button key={id} component="a" href={loginUrl(id, returnTo)} fullWidth>
          Sign in with {name}
        </Button>
      ))}
      <Divider label="or with an API key" mt="xs" />
    </Stack>
  );
}
