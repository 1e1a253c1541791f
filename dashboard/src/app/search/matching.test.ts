import { expect, test } from "vitest";

import { certificate } from "../../test/builders";
import { fewAtOnce } from "./fewAtOnce";
import { BEGINNING, fit, fitting, LETTERS, WITHIN, WORD } from "./fuzzy";
import { matched } from "./matched";

test.each([
  ["Renewal policies", "ren", BEGINNING],
  ["Renewal policies", "POL", WORD],
  ["New channel", "ch new", WORD],
  ["Web gateway", "way", WITHIN],
  ["Notifications", "ntf", LETTERS],
  ["Notifications", "xyz", null],
  ["Notifications", "tns", null],
  ["Jobs", "", null],
])("%s fits %s as well as that", (text, typed, rank) => {
  expect(fit(text, typed)).toBe(rank);
});

test("what fits best comes first, and equals stay in their order", () => {
  const names = ["My shop", "Shop A", "Workshop", "Shop B", "Else"];
  expect(fitting(names, "shop", (name) => [name])).toEqual(["Shop A", "Shop B", "My shop", "Workshop"]);
});

const SERIAL = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
const RECORD = certificate({
  id: "mc-01m6",
  name: "Shop front",
  common_name: "shop.example.com",
  sans: ["DNS:shop.example.com", "DNS:cart.example.com", "IP:10.0.0.7"],
  tags: { cost: "42" },
  serial_number: SERIAL,
});

test.each([
  ["front", "shop.example.com"],
  ["example", "shop.example.com"],
  ["CART", "Also for cart.example.com"],
  ["10.0.", "Also for 10.0.0.7"],
  ["mc-01", "ID mc-01m6"],
  ["cost=4", "Tag cost=42"],
  ["0A:1B:2C:3D", `Serial number ${SERIAL.slice(1)}`],
  [`0x${SERIAL.toUpperCase()}`, `Serial number ${SERIAL.slice(1)}`],
  [BigInt(`0x${SERIAL}`).toString(), `Serial number ${SERIAL.slice(1)}`],
  ["ffff ffff ffff", "Serial number or fingerprint of a version"],
  [`SHA256 Fingerprint=${"ab:".repeat(31)}ab`, "SHA-256 fingerprint of a version"],
  ["https://shop.example.com", "shop.example.com"],
])("of what was found for %s it says %s", (typed, words) => {
  expect(matched(RECORD, typed)).toBe(words);
});

test("two at a time run, in their order, and one that fails makes room for the next", async () => {
  const inTurn = fewAtOnce(2);
  const order: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      order.push(name);
      await Promise.resolve();
      order.push(`${name}.`);
      if (fails) throw new Error(name);
    });
  await Promise.allSettled([work("a", true), work("b"), work("c"), work("d")]);
  expect(order.slice(0, 3)).toEqual(["a", "b", "a."]);
  expect(order.toSorted()).toEqual(["a", "a.", "b", "b.", "c", "c.", "d", "d."]);
});
