import { Stack, Text } from "@mantine/core";

import { Card } from "../../components/Card";
import { Command } from "../../components/Command";
import { DocsWords } from "../../components/docs/DocsLink";
import { useSession } from "../../components/session";

/** As docs/importing.md has it. */
const IMPORT = "certctl inventory import /etc/letsencrypt /etc/ssl";

/** A command with the address of this stack. */
export function CommandCard() {
  const { providerId } = useSession();
  const { origin } = window.location;
  const isPerson = providerId !== null;
  return (
    <Card title="Run one command" description="It finds certificates in folders, keystores and dumps of a cluster.">
      <Stack gap="xs">
        {isPerson && <Command text={`certctl login --url ${origin}`} what="the sign-in command" />}
        <Command text={isPerson ? IMPORT : `CERTCTL_URL=${origin} ${IMPORT}`} what="the import command" />
        <Text size="sm" c="dimmed">
          {!isPerson && (
            <>
              With an API key in <code>CERTCTL_API_KEY</code>.{" "}
            </>
          )}
          It notes who renews them, too: certbot, acme.sh, Caddy, Traefik and others. <DocsWords topic="importing">What is read</DocsWords>{" "}
          has all formats.
        </Text>
      </Stack>
    </Card>
  );
}
