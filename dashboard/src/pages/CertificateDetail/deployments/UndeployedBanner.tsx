import { Button } from "@mantine/core";

import type { Certificate, Deployment } from "../../../api/certificates";
import { isOpenJob } from "../../../api/jobs";
import { Can } from "../../../components/session";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { useDialog } from "../../../components/dialog";
import { Banner } from "../Banner";
import { failureOf, obstacleOf } from "./deployable";
import { DeployModal } from "./DeployModal";
import { type useDeployments, usePlaces } from "./useDeployments";

interface UndeployedProps {
  certificate: Certificate;
  list: ReturnType<typeof useDeployments>;
}

/** Targets that do not serve the current version, and to which no deployment is under way. */
function undeployed({ target_ids, serial_number, status }: Certificate, rows: readonly Deployment[]): string[] {
  if (serial_number === null || !["Active", "Expiring", "RenewalInProgress"].includes(status)) return [];
  return target_ids.filter((id) => {
    const last = rows.find(({ target_id }) => target_id === id);
    return last === undefined || (!isOpenJob(last) && !(last.status === "Completed" && last.serial_number === serial_number));
  });
}

/** That targets do not serve the current version. Nothing while older deployments, which may be to these targets, are unread. */
export function UndeployedBanner({ certificate, list }: UndeployedProps) {
  const dialog = useDialog<"deploy">();
  const places = usePlaces(certificate.target_ids);
  const missing = list.isPending || list.error !== null || list.hasNextPage ? [] : undeployed(certificate, list.rows);
  const [first] = missing;
  if (first === undefined) return null;
  const obstacle = obstacleOf(certificate, places);
  const actions =
    obstacle === null ? (
      <Can permission="certificates:write">
        <Button size="xs" variant="default" onClick={dialog.opens("deploy")}>
          Deploy now
        </Button>
      </Can>
    ) : undefined;
  const total = certificate.target_ids.length;
  return (
    <>
      <Banner
        color="yellow"
        title={
          total === 1
            ? "The current version is not deployed"
            : `The current version is not deployed to ${String(missing.length)} of ${String(total)} targets`
        }
        actions={actions}
      >
        <Reason id={first} last={list.rows.find(({ target_id }) => target_id === first)} /> {obstacle}
      </Banner>
      {dialog.open !== null && <DeployModal certificate={certificate} places={places} onClose={dialog.close} />}
    </>
  );
}

function Reason({ id, last }: { id: string; last: Deployment | undefined }) {
  const target = <CatalogLink kind="targets" id={id} isInText />;
  if (last === undefined) return <>Nothing was deployed to {target} yet.</>;
  if (last.status === "Completed") return <>{target} serves an older version.</>;
  if (last.status === "Cancelled") return <>The last deployment to {target} was cancelled.</>;
  return (
    <>
      The last deployment to {target} failed{last.last_error === null ? "" : `: ${failureOf(last.last_error).reason}`}.
    </>
  );
}
