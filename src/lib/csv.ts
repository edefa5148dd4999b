// Comma-separated values (RFC 4180) that a spreadsheet opens without running anything.

/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** Without it Excel reads UTF-8 as something else. */
export const BYTE_ORDER_MARK = '\uFEFF';

/**
 * One line with its end. Text that looks like a formula gets an apostrophe in front; numbers and amounts must come as
 * `Figure`, which does not.
 */
export function csvLine(cells: readonly (string | number | null | Figure)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** A decimal number as text, which may begin with a minus. */
export interface Figure {
  figure: string;
}

function cell(value: string | number | null | Figure): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return value.figure;
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
