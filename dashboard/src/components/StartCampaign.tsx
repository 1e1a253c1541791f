import { Button } from "@mantine/core";
import { Link } from "react-router";

import { Can } from "./session";
import { Icon } from "./Icon";

interface StartCampaignProps {
  /** What the form begins with: "ca=ca-1". */
  choice: string;
  variant?: "filled" | "default";
}

/** Opens the form of a campaign; only for roles that may start one. */
export function StartCampaign({ choice, variant = "default" }: StartCampaignProps) {
  return (
    <Can permission="campaigns:write">
      <Button component={Link} to={`/campaigns/new?${choice}`} variant={variant} leftSection={<Icon name="replay" size={15} />}>
        Start a campaign
      </Button>
    </Can>
  );
}
