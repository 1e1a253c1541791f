import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { problemOf } from "../pages/CertificateDetail/Attention";
import { certificateDetails } from "../test/builders";
import examples from "../test/urgency.json";
import { CertificateBadges } from "./CertificateStatus";
import { Expiry } from "./Expiry";

type Shown = ReturnType<typeof certificateDetails>;

/** As the API has it: tests/unit/domain/renewal/test_urgency.py holds that the examples are what the server finds. */
function shownOf({ hours_left, status, urgency, renewal_state }: (typeof examples)[number]): Shown {
  const expires_at = new Date(Date.now() + hours_left * 3_600_000 + 60_000).toISOString();
  return certificateDetails({ expires_at, ...({ status, urgency, renewal_state } as Pick<Shown, "status" | "urgency" | "renewal_state">) });
}

test.each(examples)("badge, date and banner are red if it is urgent, and only then: $says", (example) => {
  const certificate = shownOf(example);
  const isUrgent = example.urgency !== null;
  const { container } = render(
    <>
      <CertificateBadges certificate={certificate} />
      <Expiry certificate={certificate} />
    </>,
  );
  expect(screen.queryAllByText(example.status === "Expired" ? "Expired" : "Expires soon").length > 0).toBe(isUrgent);
  expect((container.querySelector("time")?.parentElement?.className ?? "").includes("urgent")).toBe(isUrgent);
  const isAboutItsEnd = /has expired|is about to expire/.test(problemOf(certificate, Date.now()) ?? "");
  expect(isAboutItsEnd).toBe(isUrgent);
});
