import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { type Certificate, type CertificateDetails, certificateKeys, getCertificate } from "../../api/certificates";
import { isNotFound } from "../../api/errors";
import { BackLink } from "../../components/BackLink";
import { CertificateBadges } from "../../components/CertificateStatus";
import { useDialog } from "../../components/dialog";
import layout from "../../components/layout.module.css";
import { PageHeader } from "../../components/PageHeader";
import { Empty, QueryView } from "../../components/states";
import { Actions } from "./Actions";
import { Attention } from "./Attention";
import { CampaignBanners } from "./CampaignBanners";
import classes from "./CertificateDetail.module.css";
import { type CertificateDialog, CertificateDialogs } from "./CertificateDialogs";
import { DeploymentsCard } from "./deployments/DeploymentsCard";
import { ExemptBanner } from "./ExemptBanner";
import { UndeployedBanner } from "./deployments/UndeployedBanner";
import { useDeployments } from "./deployments/useDeployments";
import { FactsCard } from "./FactsCard";
import { KeyFacts } from "./KeyFacts";
import { ServedCard } from "./served/ServedCard";
import { TimelineCard } from "./TimelineCard";
import { VersionsCard } from "./VersionsCard";

/** While a job runs, so often is looked for its end. */
const WATCH_MS = 2_000;
/** While its revocation is in no CRL: that takes a minute. */
const PUBLICATION_MS = 5_000;
const REST_MS = 60_000;

function refreshMs(certificate: CertificateDetails | undefined): number {
  if (certificate === undefined) return REST_MS;
  if (isUnderWay(certificate)) return WATCH_MS;
  return certificate.revocation?.state === "due" ? PUBLICATION_MS : REST_MS;
}

export function isUnderWay({ open_job_id }: Pick<Certificate, "open_job_id">): boolean {
  return open_job_id !== null;
}

export default function CertificateDetail() {
  const { certificateId = "" } = useParams();
  const dialog: CertificateDialog = useDialog();
  const query = useQuery({
    queryKey: certificateKeys.one(certificateId),
    queryFn: ({ signal }) => getCertificate(certificateId, signal),
    refetchInterval: ({ state: { data } }) => refreshMs(data),
  });
  const certificate = query.data;
  const isMissing = isNotFound(query.error);
  return (
    <>
      <PageHeader
        title={certificate?.name ?? certificateId}
        above={<BackLink to="/certificates">Certificates</BackLink>}
        badge={certificate && <CertificateBadges certificate={certificate} />}
        description={certificate && <KeyFacts certificate={certificate} />}
        actions={certificate && <Actions certificate={certificate} dialog={dialog} />}
      />
      {isMissing ? (
        <Missing />
      ) : (
        <QueryView query={query} what="this certificate">
          {(data) => <Cards certificate={data} dialog={dialog} />}
        </QueryView>
      )}
      {certificate !== undefined && <CertificateDialogs certificate={certificate} dialog={dialog} />}
    </>
  );
}

function Missing() {
  return (
    <Empty title="Certificate not found" icon="search">
      It may also belong to a team that you cannot access.
    </Empty>
  );
}

function Cards({ certificate, dialog }: { certificate: CertificateDetails; dialog: CertificateDialog }) {
  const deployments = useDeployments(certificate);
  return (
    <div className={layout.stack}>
      <CampaignBanners certificate={certificate} />
      <Attention certificate={certificate} dialog={dialog} />
      <ExemptBanner certificate={certificate} />
      <UndeployedBanner certificate={certificate} list={deployments} />
      <div className={classes.columns}>
        <div className={layout.stack}>
          <FactsCard certificate={certificate} />
          <DeploymentsCard certificate={certificate} list={deployments} />
          <ServedCard certificate={certificate} />
          <VersionsCard certificate={certificate} />
        </div>
        <TimelineCard certificate={certificate} isUnderWay={isUnderWay(certificate) || deployments.isUnderWay} />
      </div>
    </div>
  );
}
