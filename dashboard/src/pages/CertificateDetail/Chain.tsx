import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Icon } from "../../components/Icon";
import { certificatesIn } from "../../components/pki/chain";
import { Day } from "../../components/Time";
import classes from "./VersionsCard.module.css";

/** The chain of trust in words, leaf first; empty if it cannot be decoded: the PEM is shown, too. */
export function Chain({ chain }: { chain: string }) {
  const { data } = useQuery({
    queryKey: ["chain-summary", chain],
    queryFn: async () => {
      const { readCertificate } = await import("../../components/pki/readCertificate");
      return certificatesIn(chain).map(readCertificate);
    },
    staleTime: Infinity,
    retry: false,
  });
  if (data === undefined) return null;
  return (
    <ol className={classes.chain} aria-label="Chain">
      {data.map(({ subject, issuer, notAfter }, index) => (
        <li key={`${subject ?? ""}-${String(index)}`} className={classes.link}>
          <span className={classes.mark}>
            <Icon name={index === 0 ? "certificate" : "audit"} size={16} />
          </span>
          <div>
            <div className={classes.subject}>{subject ?? "No common name"}</div>
            <Text size="xs" c="dimmed">
              Issued by {issuer ?? "an unnamed authority"}
              {notAfter !== null && (
                <>
                  {" · until "}
                  <Day at={notAfter} />
                </>
              )}
            </Text>
          </div>
        </li>
      ))}
    </ol>
  );
}
