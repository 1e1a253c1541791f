import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";

import { InstalledCrls } from "./InstalledCrls";

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const crl = (nextUpdate: string, staleAt: string) => ({
  issuer: "CN=Issuing CA",
  number: 12,
  this_update: inHours(-48),
  next_update: nextUpdate,
  stale_at: staleAt,
});
const report = (...crls: ReturnType<typeof crl>[]) => ({ crls, problem: "", reported_at: inHours(-47), alerted_at: null });
const renderPart = (part: ReactNode) => render(<MantineProvider>{part}</MantineProvider>);

describe("installed CRLs", () => {
  it.each([
    [25, 1, "Fresh"],
    [23, -1, "Runs out"],
    [-1, -25, "Expired"],
  ])("that end in %s hours and are stale in %s are shown as %s", (ends, stale, word) => {
    renderPart(<InstalledCrls report={report(crl(inHours(ends), inHours(stale)))} />);
    expect(screen.getByText(word)).toBeInTheDocument();
    expect(screen.getByText(/CRL 12/)).toBeInTheDocument();
  });

  it("show why they are not up to date", () => {
    renderPart(<InstalledCrls report={{ ...report(), problem: "No such directory." }} />);
    expect(screen.getByText("No such directory.")).toBeInTheDocument();
  });

  it("say what is missing before the first report", () => {
    renderPart(<InstalledCrls report={null} />);
    expect(screen.getByText(/has not reported any yet/)).toBeInTheDocument();
  });
});
