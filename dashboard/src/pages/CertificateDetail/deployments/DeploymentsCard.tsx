import { Button, Collapse } from "@mantine/core";
import { useState } from "react";

import type { Certificate, Deployment } from "../../../api/certificates";
import { Can } from "../../../components/session";
import { Card } from "../../../components/Card";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { useDialog } from "../../../components/dialog";
import { Icon } from "../../../components/Icon";
import { Empty, Failure, Loading } from "../../../components/states";
import { obstacleOf, type Place } from "./deployable";
import { DeploymentLine } from "./DeploymentLine";
import classes from "./Deployments.module.css";
import { DeployModal } from "./DeployModal";
import { TargetItem } from "./TargetItem";
import { type useDeployments, usePlaces } from "./useDeployments";

interface CardProps {
  certificate: Certificate;
  list: ReturnType<typeof useDeployments>;
}

/** Where the certificate is to be served, and whether it is. */
export function DeploymentsCard({ certificate, list }: CardProps) {
  const places = usePlaces(certificate.target_ids);
  return (
    <Card
      title="Deployments"
      description="Targets and what their agents did there."
      actions={
        <Can permission="certificates:write">
          <DeployButton certificate={certificate} places={places} />
        </Can>
      }
    >
      <Body certificate={certificate} places={places} list={list} />
    </Card>
  );
}

function DeployButton({ certificate, places }: { certificate: Certificate; places: readonly Place[] }) {
  const dialog = useDialog<"deploy">();
  const obstacle = obstacleOf(certificate, places);
  return (
    <div className={classes.deploy}>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="send" size={14} />}
        disabled={obstacle !== null}
        onClick={dialog.opens("deploy")}
        {...(obstacle !== null && { "aria-describedby": "no-deployment" })}
      >
        Deploy
      </Button>
      {obstacle !== null && (
        <span id="no-deployment" className={classes.obstacle}>
          {obstacle}
        </span>
      )}
      {dialog.open !== null && <DeployModal certificate={certificate} places={places} onClose={dialog.close} />}
    </div>
  );
}

function Body({ certificate, places, list }: CardProps & { places: readonly Place[] }) {
  const { rows, error, isPending } = list;
  if (error !== null && rows.length === 0) return <Failure error={error} what="its deployments" onRetry={() => void list.refetch()} />;
  if (isPending) return <Loading label="Loading deployments" />;
  return (
    <>
      {places.length === 0 ? (
        <Empty title="No targets" icon="server">
          Its users download it. With targets, an agent installs each new version where it is served.
        </Empty>
      ) : (
        <ul className={classes.targets} aria-label="Targets">
          {places.map((place) => (
            <TargetItem
              key={place.id}
              place={place}
              last={rows.find(({ target_id }) => target_id === place.id)}
              current={certificate.serial_number}
            />
          ))}
        </ul>
      )}
      {rows.length > 0 && <History list={list} current={certificate.serial_number} />}
    </>
  );
}

function History({ list, current }: { list: CardProps["list"]; current: string | null }) {
  const [isShown, setShown] = useState(false);
  const { rows, hasNextPage, isFetchingNextPage } = list;
  return (
    <div className={classes.history}>
      <Button variant="subtle" size="xs" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
        {isShown ? "Hide history" : "Show history"}
      </Button>
      <Collapse expanded={isShown}>
        <ol className={classes.past} aria-label="History of deployments">
          {rows.map((deployment) => (
            <Past key={deployment.job_id} deployment={deployment} current={current} />
          ))}
        </ol>
        {hasNextPage && (
          <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Older deployments
          </Button>
        )}
      </Collapse>
    </div>
  );
}

function Past({ deployment, current }: { deployment: Deployment; current: string | null }) {
  return (
    <li>
      <span className={classes.to}>
        <CatalogLink kind="targets" id={deployment.target_id} />
      </span>
      <DeploymentLine deployment={deployment} current={current} />
    </li>
  );
}
