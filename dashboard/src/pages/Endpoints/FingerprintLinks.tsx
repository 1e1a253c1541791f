import { Anchor } from "@mantine/core";
import { Link } from "react-router";

const SHOWN_DIGITS = 16;

/** Certificates that were shown; the inventory has them. */
export function FingerprintLinks({ fingerprints }: { fingerprints: readonly string[] }) {
  if (fingerprints.length === 0) return null;
  return (
    <div>
      {fingerprints.map((fingerprint, index) => (
        <span key={fingerprint}>
          {index > 0 && ", "}
          <Anchor component={Link} to={`/inventory/${fingerprint}`} size="sm" title={fingerprint}>
            {fingerprint.slice(0, SHOWN_DIGITS)}…
          </Anchor>
        </span>
      ))}
    </div>
  );
}
