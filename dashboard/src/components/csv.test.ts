import { expect, test } from "vitest";

import { csvOf } from "./csv";

interface Row {
  name: string;
  count: number | null;
}

const COLUMNS = { name: (row: Row) => row.name, count: (row: Row) => row.count };

test("separators, quotes and line ends stay within their field", () => {
  expect(csvOf(COLUMNS, [{ name: 'a "b", c\nd', count: 2 }])).toEqual(["name,count\r\n", '"a ""b"", c\nd",2\r\n']);
});

const WIDE = ["\uff1d1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\u22121", "\ufe621", " =1", "\u3000\uff1d1"];

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", ...WIDE])("a spreadsheet does not run %j", (name) => {
  expect(csvOf(COLUMNS, [{ name, count: null }])[1]).toMatch(/^"?'/);
});

test("numbers stay numbers, negative ones too", () => {
  expect(csvOf(COLUMNS, [{ name: "a", count: -1 }])[1]).toBe("a,-1\r\n");
});
