// The columns of a list of exchanges; `ThreadCell` shows them.
import type { ThreadRow, ThreadStatus } from '../../../../src/plugins/threads/schemas.ts';
import type { Column } from '../../components/table.ts';
import type { Translate } from '../../i18n/messages.ts';

export type ThreadColumn = 'text' | 'key' | 'in' | 'out' | 'fee' | 'time';

interface Wanted {
  /** Rows of several keys: each says whose it is. */
  showsKey: boolean;
  /** A short list beside other things. */
  isCompact: boolean;
}

export function threadColumns(
  t: Translate,
  { showsKey, isCompact }: Wanted,
): (Column & { key: ThreadColumn })[] {
  const columns: (Column & { key: ThreadColumn; when?: boolean })[] = [
    { key: 'text', label: t('threads.one'), isFluid: true, phone: 'head' },
    { key: 'key', label: t('keys.one'), when: showsKey },
    { key: 'in', label: t('tokens.in'), align: 'end', phone: 'hide', when: !isCompact },
    { key: 'out', label: t('tokens.out'), align: 'end', phone: 'hide', when: !isCompact },
    { key: 'fee', label: t('threads.fee'), align: 'end' },
    { key: 'time', label: t('threads.time'), align: 'end' },
  ];
  return columns.filter(({ when }) => when !== false);
}

/** How much an ending should worry: a client that left has been answered, the rest has not. */
export function statusColor(status: ThreadStatus): 'success' | 'warning' | 'error' {
  if (status === 'ok') return 'success';
  return status === 'client_closed' ? 'warning' : 'error';
}

/** The text a row is known by: what was asked, else what was answered. */
export function rowText(row: Pick<ThreadRow, 'prompt' | 'completion'>): string {
  return row.prompt.trim() === '' ? row.completion : row.prompt;
}
