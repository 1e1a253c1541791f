/** The built-in profiles: domain/certificate_profiles.py. */
export const PROFILES = [
  { value: "server", label: "Server (TLS server)" },
  { value: "mtls", label: "mTLS (server and client)" },
  { value: "client", label: "Client (TLS client)" },
] as const;
