// Files around an import: a pattern to begin with, and the report to keep, which is the only place of the new secrets.
import type { ImportReport } from '../../../../src/plugins/keys/import/schemas.ts';

export const SAMPLE =
  'name,email,group_id,role,month_quota,balance,expires_at,api_key\nrob,rob@example.com,0,user,20,0,,\n';

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

export function reportAsCsv({ lines }: ImportReport): string {
  const rows = lines.map((each) => [each.line, each.status, each.id, each.name, each.api_key, each.message]);
  return [['line', 'status', 'id', 'name', 'api_key', 'message'], ...rows].map(asRecord).join('');
}

function asRecord(fields: readonly (string | number | null)[]): string {
  return `${fields.map((field) => quote(field === null ? '' : String(field))).join(',')}\r\n`;
}

function quote(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
