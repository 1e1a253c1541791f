import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import type { Certificate } from "../../api/certificates";
import { CatalogLink } from "../../components/catalog/CatalogName";
import { Expiry } from "../../components/Expiry";
import { Mono } from "../../components/Mono";
import { keyWords } from "../../components/words/keyWords";
import classes from "./KeyFacts.module.css";
import { useDecoded } from "./useContents";
import { useVersions } from "./useVersions";

/** What one looks for first, below the name: until when, from whom, whose, which key, and where that key is used. */
export function KeyFacts({ certificate }: { certificate: Certificate }) {
  const { common_name, name, environment, serial_number, key_type } = certificate;
  const current = useVersions(certificate).rows.find((version) => version.serial_number === serial_number);
  const contents = useDecoded(current?.pem_chain ?? "");
  // An earlier release stored no type of key: the certificate itself has it.
  const key = key_type === null ? contents?.key : keyWords(key_type);
  return (
    <ul className={classes.facts} aria-label="Key facts">
      {name !== common_name && <li>{common_name}</li>}
      {environment !== "" && <li>{environment}</li>}
      {certificate.expires_at !== null && (
        <li>
          Expires <Expiry certificate={certificate} />
        </li>
      )}
      <li>
        Issuer <CatalogLink kind="issuers" id={certificate.issuer_id} isInText />
      </li>
      <li>
        Owner <CatalogLink kind="owners" id={certificate.owner_id} isInText />
      </li>
      {key !== undefined && <li>{key}</li>}
      {contents?.keySha256 && (
        <li>
          <Anchor component={Link} to={`/keys/${contents.keySha256}`} inherit>
            Uses of this key
          </Anchor>
        </li>
      )}
      {serial_number !== null && (
        <li>
          Serial <Mono>{serial_number}</Mono>
        </li>
      )}
    </ul>
  );
}
