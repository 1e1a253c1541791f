/** How well a text fits what was typed. */

export const BEGINNING = 0;
export const WORD = 1;
export const WITHIN = 2;
/** The letters in their order, with others between them. */
export const LETTERS = 3;

export function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim().replaceAll(/\s+/g, " ");
}

/** One of the four above, the lower the better; null for a text that does not fit. */
export function fit(text: string, typed: string): number | null {
  const [whole, wanted] = [plain(text), plain(typed)];
  if (wanted === "") return null;
  if (whole.startsWith(wanted)) return BEGINNING;
  if (hasWords(whole, wanted)) return WORD;
  if (whole.includes(wanted)) return WITHIN;
  return wanted.length > 2 && hasLetters(whole, wanted) ? LETTERS : null;
}

const SEPARATORS = /[\s.,:/@_-]+/;

/** Each word that was typed begins one of the text: "ch new" for "New channel". */
function hasWords(whole: string, wanted: string): boolean {
  const words = whole.split(SEPARATORS);
  return wanted.split(" ").every((part) => words.some((word) => word.startsWith(part)) || whole.includes(` ${part}`));
}

function hasLetters(whole: string, wanted: string): boolean {
  if (!whole.startsWith(wanted.charAt(0))) return false;
  let place = 0;
  for (const letter of wanted.replaceAll(" ", "")) {
    place = whole.indexOf(letter, place) + 1;
    if (place === 0) return false;
  }
  return true;
}

/** The best of several texts. */
export function bestFit(texts: readonly string[], typed: string): number | null {
  const fits = texts.map((text) => fit(text, typed)).filter((found) => found !== null);
  return fits.length === 0 ? null : Math.min(...fits);
}

/** Those that fit, the best first, and among equals in their order. */
export function fitting<Row>(rows: readonly Row[], typed: string, textsOf: (row: Row) => readonly string[], worst = LETTERS): Row[] {
  const ranked = rows.map((row) => ({ row, rank: bestFit(textsOf(row), typed) }));
  const fits = ranked.filter((one): one is { row: Row; rank: number } => one.rank !== null && one.rank <= worst);
  return fits.sort((one, other) => one.rank - other.rank).map(({ row }) => row);
}
