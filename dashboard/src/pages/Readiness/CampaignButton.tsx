import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { messageOf } from "../../api/errors";
import { listObserved } from "../../api/inventory";
import type { Counted, Trait } from "../../api/inventoryReports";
import { notify } from "../../components/notices";
import { TRAITS } from "../../components/words/traits";

/** The first page of a list; their ids stand in the address of the form. */
const MOST = 100;

interface CampaignButtonProps {
  trait: Trait;
  count: number;
  wanted: Counted;
}

/** Opens the form of a campaign with the certificates of this stack that have the trait. */
export function CampaignButton({ trait, count, wanted }: CampaignButtonProps) {
  const go = useNavigate();
  const open = useMutation({
    mutationFn: () => managedWith(trait, wanted),
    onSuccess: (ids) => void go(`/campaigns/new?${new URLSearchParams(ids.map((id) => ["certificate", id]))}`),
    onError: (error) => notify({ color: "red", title: "Could not load the certificates", message: messageOf(error) }),
  });
  return (
    <Button
      variant="default"
      size="compact-xs"
      loading={open.isPending}
      onClick={() => open.mutate()}
      aria-label={`Start a campaign: ${TRAITS[trait]}`}
    >
      {count > MOST ? `Start a campaign with ${MOST}` : "Start a campaign"}
    </Button>
  );
}

async function managedWith(trait: Trait, wanted: Counted): Promise<string[]> {
  const page = await listObserved({ trait, renewer: "managed", ...wanted }, { cursor: undefined, signal: AbortSignal.timeout(30_000) });
  const ids = page.data.flatMap(({ certificate_id }) => certificate_id ?? []);
  return [...new Set(ids)].slice(0, MOST);
}
