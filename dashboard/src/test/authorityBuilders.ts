/** CAs as the API answers them; a test names only what it is about. */

import type { Schemas } from "../api/client";
import { CA_PEM, daysFromNow } from "./builders";

export const SUBJECT = "CN=Example Issuing CA 1,O=Example";
const ROOT_SUBJECT = "CN=Example Root,O=Example";

export function crl(fields: Partial<Schemas["PublishedCrlView"]> = {}): Schemas["PublishedCrlView"] {
  return {
    shard: "all",
    url: "http://pki.example.com/pki/ca-1/all.crl",
    open: false,
    complete: true,
    crl_number: 42,
    entries: 3,
    published_at: daysFromNow(-0.1),
    this_update: daysFromNow(-0.1),
    next_update: daysFromNow(2.9),
    ...fields,
  };
}

export function authority(fields: Partial<Schemas["AuthorityDetailsView"]> = {}): Schemas["AuthorityDetailsView"] {
  return {
    ca_id: "ca-1",
    parent_id: "ca-0",
    issuer_id: "iss-local",
    role: "issuing",
    state: "active",
    revoked_at: null,
    revocation_reason: null,
    ocsp_revoked_for_all: false,
    subject: SUBJECT,
    issuer: ROOT_SUBJECT,
    serial_number: "0a1b2c",
    not_before: daysFromNow(-30),
    not_after: daysFromNow(1_800),
    fingerprint_sha256: "abcdef01",
    key_algorithm: "ECDSA P-256",
    key_bits: 256,
    key_spec: "ECC_NIST_P256",
    crls: [crl({ shard: "0", url: "http://pki.example.com/pki/ca-1/0.crl", open: true, crl_number: 41 }), crl()],
    key_arn: null,
    stack: null,
    subject_key_identifier: "2fd4e1c6",
    signature_algorithm: "ecdsa-with-SHA384",
    path_length: 0,
    permitted_names: ["DNS:example.com"],
    excluded_names: [],
    certificate_policies: ["2.5.29.32.0"],
    crl_urls: ["http://pki.example.com/pki/ca-0.crl"],
    issuer_urls: ["http://pki.example.com/pki/ca-0.crt"],
    ocsp_urls: [],
    certificate_url: "http://pki.example.com/pki/ca-1.crt",
    ocsp_url: null,
    leaves_until: daysFromNow(230),
    certificate_pem: CA_PEM,
    chain_pem: CA_PEM,
    chain: [{ subject: ROOT_SUBJECT, serial_number: "01", not_after: daysFromNow(5_000), fingerprint_sha256: "00ff" }],
    rotation: {
      replaces: null,
      replaced_by: null,
      pending_ca_id: null,
      request: null,
      due_at: daysFromNow(1_400),
      late_at: daysFromNow(1_600),
    },
    ...fields,
  };
}

export function root(): Schemas["AuthorityDetailsView"] {
  const rotation = { replaces: null, replaced_by: null, pending_ca_id: null, request: null, due_at: null, late_at: null };
  return authority({
    ca_id: "ca-0",
    parent_id: null,
    role: "root",
    subject: ROOT_SUBJECT,
    fingerprint_sha256: "00ff",
    key_algorithm: "ECDSA P-384",
    key_bits: 384,
    key_spec: "ECC_NIST_P384",
    crls: [crl({ shard: "0" })],
    path_length: 1,
    chain: [],
    chain_pem: "",
    rotation,
  });
}

export function publication(fields: Partial<Schemas["RevocationPublicationView"]> = {}): Schemas["RevocationPublicationView"] {
  return {
    serial_number: "0a:1b:2c",
    ca_id: "ca-1",
    reason: "superseded",
    revoked_at: daysFromNow(-1),
    invalidity_date: null,
    state: "published",
    crl_url: "http://pki.example.com/pki/ca-1/0.crl",
    crl_number: 41,
    published_at: daysFromNow(-1),
    is_first: true,
    due_by: null,
    issuer_revocation: null,
    issuer_reason: null,
    issuer_settled_at: null,
    ticket: null,
    receipt: null,
    ...fields,
  };
}

export function receipt(fields: Partial<Schemas["ReceiptView"]> = {}): Schemas["ReceiptView"] {
  return {
    is_complete: true,
    crl_number: 41,
    crl_seen_at: daysFromNow(-1),
    crl_seconds: 12,
    crl_unseen_at: null,
    crl_sha256: "00ff",
    ocsp_seen_at: daysFromNow(-1),
    ocsp_seconds: 2,
    ocsp_unseen_at: null,
    ocsp_sha256: "00fe",
    ocsp_sampled_out: false,
    expired_unseen_at: null,
    ...fields,
  };
}

export function revocation(fields: Partial<Schemas["RevocationRecordView"]> = {}): Schemas["RevocationRecordView"] {
  return {
    serial_number: "0a1b2c",
    ca_id: "ca-1",
    crl_shard: 0,
    issuer_id: "iss-local",
    certificate_id: "mc-1",
    certificate_name: "shop",
    reason: "superseded",
    revoked_at: daysFromNow(-1),
    invalidity_date: null,
    expires_at: daysFromNow(60),
    issuer_revocation: null,
    issuer_reason: null,
    issuer_settled_at: null,
    ticket: null,
    receipt: receipt(),
    ...fields,
  };
}
