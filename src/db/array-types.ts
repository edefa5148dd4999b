// PostgreSQL's arrays, by their fixed type ids. postgres.js can ask the server for them on every new connection, but
// nobody catches that query's failure: a connection that goes in the middle of it would end the process.
import { makePgArray } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';

/** Elements as the driver gives them alone: wide numbers as strings. They are never null in our tables. */
const ELEMENTS: Readonly<Record<string, { oid: number; parse(text: string): unknown }>> = {
  bool: { oid: 1000, parse: (text) => text === 't' },
  int4: { oid: 1007, parse: Number },
  int8: { oid: 1016, parse: String },
  text: { oid: 1009, parse: String },
  uuid: { oid: 2951, parse: String },
  numeric: { oid: 1231, parse: String },
  date: { oid: 1182, parse: String },
  timestamptz: { oid: 1185, parse: String },
};

export const ARRAY_TYPES: Record<string, postgres.PostgresType> = Object.fromEntries(
  Object.entries(ELEMENTS).map(([name, { oid, parse }]) => [
    `${name}_array`,
    {
      to: oid,
      from: [oid],
      serialize: (value: unknown) => (Array.isArray(value) ? makePgArray(value) : value),
      parse: (text: string) => parseElements(text).map(parse),
    },
  ]),
);

/** Of one dimension. drizzle's own parser loses backslashes. */
function parseElements(text: string): string[] {
  const elements = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs);
  return Array.from(elements, ([, quoted, plain = '']) => quoted?.replace(/\\(.)/gs, '$1') ?? plain);
}
