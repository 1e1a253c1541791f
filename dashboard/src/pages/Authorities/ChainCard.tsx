import { Text } from "@mantine/core";

import { type AuthorityDetails, useAuthorities } from "../../api/authorities";
import type { Schemas } from "../../api/client";
import { CaLink } from "../../components/CaLink";
import { Card } from "../../components/Card";
import { Day } from "../../components/Time";
import classes from "./Authorities.module.css";
import { commonNameOf } from "./crl";

type Certificate = Pick<Schemas["ChainLinkView"], "subject" | "not_after" | "fingerprint_sha256">;

/** From the root down to this CA. */
export function ChainCard({ authority }: { authority: AuthorityDetails }) {
  const above: Certificate[] = authority.chain.toReversed();
  const { data: known = [] } = useAuthorities({ enabled: above.length > 0 });
  return (
    <Card title="Chain" description={above.length === 0 ? "A root CA has no issuer." : "From the root CA down."}>
      <ol className={classes.chain}>
        {[...above, authority].map((certificate) => {
          const other = known.find((ca) => ca.fingerprint_sha256 === certificate.fingerprint_sha256 && ca.ca_id !== authority.ca_id);
          return <Item key={certificate.fingerprint_sha256} certificate={certificate} caId={other?.ca_id} />;
        })}
      </ol>
    </Card>
  );
}

function Item({ certificate, caId }: { certificate: Certificate; caId: string | undefined }) {
  const name = commonNameOf(certificate.subject);
  return (
    <li className={classes.link}>
      {caId === undefined ? (
        <Text size="sm" fw={500}>
          {name}
        </Text>
      ) : (
        <Text size="sm">
          <CaLink id={caId}>{name}</CaLink>
        </Text>
      )}
      <Text size="xs" c="dimmed" component="div">
        {certificate.subject} · valid until <Day at={certificate.not_after} />
      </Text>
    </li>
  );
}
