import { Button } from "@mantine/core";
import { Link, useSearchParams } from "react-router";

import { Can } from "../../app/session";
import { Icon } from "../../components/Icon";
import { canChoose, MOST_IDS } from "../BulkRevocation/choice";

/** Leads to the page that revokes what is selected, or else all that the filter finds; bulk revocation does not take
 *  every filter. */
export function RevokeMany({ ids }: { ids: readonly string[] }) {
  const [parameters] = useSearchParams();
  const isSelected = ids.length > 0;
  if (!isSelected && !canChoose(parameters)) return null;
  const search = isSelected ? "" : `?${parameters.toString()}`;
  const taken = ids.slice(0, MOST_IDS);
  return (
    <Can permission="certificates:bulk-revoke">
      <Button
        component={Link}
        to={`/certificates/bulk-revoke${search}`}
        state={{ ids: taken }}
        variant="outline"
        color="red"
        leftSection={<Icon name="ban" size={15} />}
      >
        {isSelected ? `Revoke ${selectedInWords(ids.length)}` : "Revoke these"}
      </Button>
    </Can>
  );
}

/** A job takes so many ids: of more, the first. */
export function selectedInWords(count: number): string {
  const most = MOST_IDS.toLocaleString("en");
  return count > MOST_IDS ? `the first ${most} of ${count.toLocaleString("en")} selected (a job takes ${most})` : `${count} selected`;
}
