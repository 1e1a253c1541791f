// A client by Hey API: request a certificate, find it, revoke it, send a dead alert again.
// CERTCTL_URL and CERTCTL_API_KEY are set; the argument is a CSR in PEM. See README.md.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { client } from "./certctl_api/client.gen";
import * as api from "./certctl_api";

client.setConfig({ baseUrl: process.env.CERTCTL_URL!, auth: () => process.env.CERTCTL_API_KEY!, throwOnError: true });
const throwOnError = true;

const { data: created } = await api.createCertificate({
  body: { common_name: "shop.example.com", csr_pem: readFileSync(process.argv[2]!, "utf8") },
  headers: { "Idempotency-Key": randomUUID() },
  throwOnError,
});
const path = { certificate_id: created.id };
const { data: page } = await api.listCertificates({ query: { search: "shop.example.com" }, throwOnError });
const { data: read } = await api.getCertificate({ path, throwOnError });
const { data: revoked } = await api.revokeCertificate({ path, body: { reason: "superseded" }, throwOnError });
const { data: dead } = await api.listNotifications({ query: { status: "dead", per_page: 1 }, throwOnError });
const notification_id = dead.data[0]!.id;
const { data: requeued } = await api.requeueNotification({ path: { notification_id }, throwOnError });
const { error: missing } = await api.getCertificate({
  path: { certificate_id: "no-such-certificate" },
  throwOnError: false,
});

console.log(
  JSON.stringify({
    created: created.id,
    listed: page.data.map((each) => each.id),
    read: read.status,
    revoked: revoked.status,
    requeued: { [notification_id]: requeued.status },
    missing: missing && "type" in missing ? missing.type : missing,
  }),
);
