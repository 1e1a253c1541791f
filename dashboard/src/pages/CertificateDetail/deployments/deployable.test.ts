import { expect, test } from "vitest";

import { certificate, daysFromNow } from "../../../test/builders";
import { record } from "../../../test/catalogBuilders";
import { failureOf, obstacleOf, type Place, unusable } from "./deployable";

const place = (fields: Parameters<typeof record<"targets">>[1] = { id: "tgt-1" }): Place => ({
  id: fields.id,
  target: record("targets", { agent_id: "agt-1", ...fields }),
  agent: undefined,
  isPending: false,
});
const mapped = (fields = {}) => certificate({ target_ids: ["tgt-1"], ...fields });

test("a certificate in use whose target has an agent can be deployed", () => {
  expect(obstacleOf(mapped(), [place()])).toBeNull();
});

test.each([
  [{ status: "Revoked" }, /revoked/],
  [{ status: "OnHold" }, /hold must end/],
  [{ status: "Archived" }, /archived/],
  [{ status: "Pending", serial_number: null, expires_at: null }, /Nothing issued/],
  [{ status: "Expired", expires_at: daysFromNow(-1) }, /renew it first/],
  // its renewal has failed, too
  [{ status: "Failed", expires_at: daysFromNow(-1) }, /renew it first/],
  [{ target_ids: [] }, /no targets/],
])("what cannot be deployed says why: %o", (fields, why) => {
  const given = mapped(fields);
  expect(obstacleOf(given, given.target_ids.length > 0 ? [place()] : [])).toMatch(why);
});

test("without a target that can be used nothing is deployed", () => {
  expect(obstacleOf(mapped(), [place({ id: "tgt-1", enabled: false }), place({ id: "tgt-2", agent_id: null })])).toMatch(
    /None of its targets/,
  );
});

test("a target that is not read yet is no obstacle, one that is gone is", () => {
  const unread: Place = { id: "tgt-1", target: undefined, agent: undefined, isPending: true };
  expect(unusable(unread)).toBeNull();
  expect(unusable({ ...unread, isPending: false })).toMatch(/may have been deleted/);
});

test.each([
  ["nginx -t ended with 1 (rolled back)", "nginx -t ended with 1", "Rolled back"],
  ["the handshake failed (NOT rolled back)", "the handshake failed", "Not rolled back"],
  [
    "/srv/a.pem is in no directory that this host allows. (nothing was touched)",
    "/srv/a.pem is in no directory that this host allows.",
    "Untouched",
  ],
  ["the agent stopped in every attempt", "the agent stopped in every attempt", undefined],
])("%s is told apart", (error, reason, status) => {
  const failure = failureOf(error);
  expect([failure.reason, failure.left?.status]).toEqual([reason, status]);
});
