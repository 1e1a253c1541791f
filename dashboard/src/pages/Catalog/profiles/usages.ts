/** Extended key usages by the names that the API has for them. */

import type { Option } from "../fields";

export const USAGES: readonly Option[] = [
  { value: "serverAuth", label: "TLS servers (serverAuth)" },
  { value: "clientAuth", label: "TLS clients (clientAuth)" },
  { value: "codeSigning", label: "Code signing (codeSigning)" },
  { value: "emailProtection", label: "Email (emailProtection)" },
  { value: "timeStamping", label: "Time stamping (timeStamping), alone" },
  { value: "documentSigning", label: "Document signing (documentSigning)" },
  { value: "ipsecIKE", label: "IPsec (ipsecIKE)" },
];
