import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { Bars } from "./Bars";
import { Donut } from "./Donut";

const SERIES = [
  { name: "good", label: "Good", color: "green" },
  { name: "bad", label: "Bad", color: "red" },
] as const;
const DATA = [
  { label: "Nov 29", good: 3, bad: 1 },
  { label: "Nov 30", good: 0, bad: 2 },
];

/** The parts of the bar, from the bottom up. */
function partsOf(bar: number): HTMLElement[] {
  const pickable = document.querySelectorAll("[data-pickable]")[bar];
  return [...(pickable?.children ?? [])] as HTMLElement[];
}

test("a bar is as tall as its parts are large, and leads on when it is clicked", () => {
  const onPick = vi.fn();
  render(<Bars data={DATA} series={SERIES} onPick={onPick} />);
  expect(partsOf(0).map(({ style }) => style.height)).toEqual(["75%", "25%"]);
  fireEvent.click(partsOf(1)[1] ?? document.body);
  expect(onPick).toHaveBeenCalledWith(1);
});

test("a bar says what it stands for while the pointer is over it", () => {
  render(<Bars data={DATA} series={SERIES} />);
  const column = document.querySelectorAll("[data-pickable]")[1]?.parentElement ?? document.body;
  fireEvent.mouseMove(column);
  expect(screen.getByText("Nov 30", { selector: "[style] > div" }).parentElement).toHaveTextContent("Nov 30Good0Bad2");
  fireEvent.mouseLeave(column.parentElement ?? document.body);
  expect(screen.queryByText("Nov 30", { selector: "[style] > div" })).not.toBeInTheDocument();
});

test("an entry of the legend fades the other series", () => {
  render(<Bars data={DATA} series={SERIES} />);
  fireEvent.mouseEnter(screen.getByText("Bad"));
  expect(partsOf(0).map(({ dataset }) => dataset.faded)).toEqual(["true", "false"]);
});

test("the segments of a donut fill the ring but for the gaps between them", () => {
  const onPick = vi.fn();
  const data = [
    { label: "Active", value: 3, color: "green" },
    { label: "Expired", value: 1, color: "red" },
  ];
  render(<Donut data={data} size={168} label="4" onPick={onPick} />);
  const [active, expired] = document.querySelectorAll("circle");
  expect(active).toHaveAttribute("stroke-dasharray", "267 93");
  expect(expired).toHaveAttribute("stroke-dashoffset", "-269");
  fireEvent.click(expired ?? document.body);
  expect(onPick).toHaveBeenCalledWith(1);
});
