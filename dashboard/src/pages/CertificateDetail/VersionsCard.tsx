import { Button, Code, Collapse, Group, Text } from "@mantine/core";
import { useState } from "react";

import type { Certificate, Version } from "../../api/certificates";
import type { List } from "../../api/paging";
import { Card } from "../../components/Card";
import { useDialog } from "../../components/dialog";
import { Facts } from "../../components/Facts";
import { Icon } from "../../components/Icon";
import { Copy, Mono } from "../../components/Mono";
import { isPast, useNow } from "../../components/now";
import { certificatesIn } from "../../components/pki/chain";
import { saveFile } from "../../components/saveFile";
import { Can } from "../../components/session";
import { Empty, Failure, Loading } from "../../components/states";
import { StatusBadge, type Tone } from "../../components/StatusBadge";
import { Day, ExactTime, Time } from "../../components/Time";
import { Chain } from "./Chain";
import { atIssuer } from "./atIssuer";
import { reasonLabel } from "./reasons";
import { useContents } from "./useContents";
import { useVersions } from "./useVersions";
import { VersionRevokeModal } from "./VersionRevokeModal";
import classes from "./VersionsCard.module.css";

const PEM = "application/x-pem-file";
const STEP_MS = 60_000;

export function VersionsCard({ certificate }: { certificate: Certificate }) {
  const list = useVersions(certificate);
  return (
    <Card title="Versions" description="All certificates that were issued for this record, newest first.">
      <Versions list={list} certificate={certificate} />
    </Card>
  );
}

function Versions({ list, certificate }: { list: List<Version>; certificate: Certificate }) {
  const { rows, error, isPending, hasNextPage, isFetchingNextPage } = list;
  if (error !== null && rows.length === 0) return <Failure error={error} what="the versions" onRetry={() => void list.refetch()} />;
  if (isPending) return <Loading label="Loading versions" />;
  if (rows.length === 0) return <Empty title="Nothing issued yet" icon="certificate" />;
  return (
    <>
      <ol className={classes.list}>
        {rows.map((version, index) => (
          <VersionItem
            key={version.id}
            version={version}
            isCurrent={version.serial_number === certificate.serial_number}
            isFirst={index === 0}
            certificate={certificate}
          />
        ))}
      </ol>
      {hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Older versions
        </Button>
      )}
    </>
  );
}

function stateOf(version: Version, isCurrent: boolean): { label: string; tone: Tone } {
  if (version.revocation_reason === "certificateHold") return { label: "On hold", tone: "hold" };
  if (version.revoked_at !== undefined) return { label: "Revoked", tone: "bad" };
  if (Date.parse(version.not_after) <= Date.now()) return { label: "Expired", tone: "idle" };
  return isCurrent ? { label: "Current", tone: "ok" } : { label: "Valid", tone: "idle" };
}

interface VersionItemProps {
  version: Version;
  isCurrent: boolean;
  isFirst: boolean;
  certificate: Certificate;
}

function VersionItem({ version, isCurrent, isFirst, certificate }: VersionItemProps) {
  const [isOpen, setOpen] = useState(isFirst);
  const { label, tone } = stateOf(version, isCurrent);
  return (
    <li className={classes.version}>
      <button type="button" className={classes.head} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={16} />
        <span className={classes.dates}>
          <Day at={version.not_before} /> – <Day at={version.not_after} />
        </span>
        <StatusBadge status={label} label={label} tone={tone} />
      </button>
      <Collapse expanded={isOpen}>
        <VersionBody version={version} certificate={certificate} />
      </Collapse>
    </li>
  );
}

function VersionBody({ version, certificate }: { version: Version; certificate: Certificate }) {
  const contents = useContents(version.pem_chain);
  return (
    <div className={classes.body}>
      <Facts
        facts={[
          { term: "Valid from", value: <ExactTime at={version.not_before} /> },
          { term: "Valid until", value: <ExactTime at={version.not_after} /> },
          ...contents,
          { term: "Issued", value: <Time at={version.created_at} /> },
          ...(version.revoked_at === undefined
            ? []
            : [
                {
                  term: "Revoked",
                  value: (
                    <>
                      <Time at={version.revoked_at} /> · {reasonLabel(version.revocation_reason ?? "")}
                    </>
                  ),
                },
              ]),
          ...(version.issuer_revocation === undefined
            ? []
            : [{ term: "Revocation at the issuer", value: atIssuer({ ...version, reason: version.revocation_reason ?? "" }) }]),
          { term: "Serial number", value: <Mono copies="the serial number">{version.serial_number}</Mono> },
          { term: "SHA-256 fingerprint", value: <Mono copies="the fingerprint">{version.fingerprint_sha256}</Mono> },
        ]}
      />
      {version.pem_chain !== "" && <Pem chain={version.pem_chain} name={certificate.name} />}
      <RevokeVersion certificate={certificate} version={version} />
    </div>
  );
}

/** For a version that is valid, of a certificate that was not revoked as a whole. */
function RevokeVersion({ certificate, version }: { certificate: Certificate; version: Version }) {
  const dialog = useDialog<"revoke">();
  const nowMs = useNow(STEP_MS);
  const isOver = version.revoked_at !== undefined || isPast(version.not_after, nowMs);
  if (isOver || certificate.status === "Revoked") return null;
  return (
    <Can permission="certificates:revoke">
      <Button variant="subtle" color="red" size="xs" mt="xs" onClick={dialog.opens("revoke")}>
        Revoke this version
      </Button>
      {dialog.open !== null && <VersionRevokeModal certificate={certificate} version={version} onClose={dialog.close} />}
    </Can>
  );
}

function Pem({ chain, name }: { chain: string; name: string }) {
  const [isShown, setShown] = useState(false);
  const [leaf = ""] = certificatesIn(chain);
  const fileName = name.replaceAll(/[^\w.-]+/g, "_");
  return (
    <>
      <Chain chain={chain} />
      <Group gap="xs" mt="md">
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="download" size={14} />}
          onClick={() => saveFile(`${fileName}-chain.pem`, [chain], PEM)}
        >
          Chain
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="download" size={14} />}
          onClick={() => saveFile(`${fileName}.pem`, [leaf], PEM)}
        >
          Certificate only
        </Button>
        <Button variant="subtle" size="xs" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? "Hide PEM" : "Show PEM"}
        </Button>
        <Copy value={chain} what="the chain" />
      </Group>
      {isShown && (
        <Code block mt="sm" className={classes.pem}>
          {chain}
        </Code>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        The private key is where the CSR was created. It was never here.
      </Text>
    </>
  );
}
