import { Code, Text } from "@mantine/core";

import type { MintedToken } from "../../../api/agents";
import { Command } from "../../../components/Command";
import { Countdown } from "../../../components/Countdown";
import { DocsWords } from "../../../components/docs/DocsLink";
import { OneTimeKey } from "../../../components/OneTimeKey";
import classes from "./NextSteps.module.css";

const PROGRAM = "/opt/certctl/bin/certctl";
/** Silent, and in no history of the shell. */
const READ = "read -rs TOKEN";

/** As docs/agent.md has it. */
const CONSENT = `${PROGRAM} agent consent init --write`;

function enrolCommand(url: string): string {
  return `printf '%s' "$TOKEN" | ${PROGRAM} agent enroll --url ${url} --secret-stdin`;
}

/** The token, and what to do with it on the host. */
export function NextSteps({ minted, onDone }: { minted: MintedToken; onDone: () => void }) {
  return (
    <OneTimeKey what="token" name={minted.hostname_pattern} value={minted.token} onDone={onDone}>
      <Text size="sm" mb="xs">
        It is for one agent, on a host named {minted.hostname_pattern}, and expires{" "}
        <Countdown at={minted.expires_at} over="now: create another one" />.
      </Text>
      <ol className={classes.steps}>
        <li>
          On the host, with <Code>certctl</Code> installed (<DocsWords topic="installAgent">docs/agent.md</DocsWords>), state as root what
          its <DocsWords topic="consent">agent may do</DocsWords>. This writes a proposal to <Code>/etc/certctl-agent/consent.toml</Code>:
          read it. The agent changes nothing else, whatever its targets say.
          <Command text={CONSENT} what="the consent command" />
        </li>
        <li>
          Run this, then paste the token and press Enter.
          <Command text={READ} what="the reading command" />
        </li>
        <li>
          Enroll.
          <Command text={enrolCommand(window.location.origin)} what="the enrollment command" />
        </li>
        <li>
          Start it, with the <DocsWords topic="systemd">systemd unit of docs/agent.md</DocsWords>, or to try it:
          <Command text={`${PROGRAM} agent run`} what="the run command" />
        </li>
        <li>The agent is then in this list. Create a target with it, and choose that target in a certificate.</li>
      </ol>
    </OneTimeKey>
  );
}
