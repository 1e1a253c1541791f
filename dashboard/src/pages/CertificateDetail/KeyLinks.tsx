import { Anchor, Group } from "@mantine/core";
import { Link } from "react-router";

import { Can } from "../../components/session";
import { Mono } from "../../components/Mono";

/** The key by its hash, and what one does if it has leaked. */
export function KeyLinks({ keySha256 }: { keySha256: string }) {
  return (
    <>
      <Mono copies="the key’s hash">{keySha256}</Mono>
      <Group gap="md">
        <Anchor component={Link} to={`/keys/${keySha256}`} size="sm">
          Where this key is used
        </Anchor>
        <Can permission="campaigns:write">
          <Anchor component={Link} to={`/campaigns/new?spki=${keySha256}`} size="sm">
            Start a campaign
          </Anchor>
        </Can>
      </Group>
    </>
  );
}
