// What an alert says, in English, before any format is chosen. Pure.

import { formatMoney, type Money } from '../../../lib/money.ts';
import { head } from '../../../lib/text.ts';
import type { AlertKind } from '../schemas.ts';

/** An alert as its messages need it. */
export interface AlertFacts {
  messageId: string;
  kind: AlertKind;
  watched: 'quota' | 'budget' | 'none';
  /** Percent. */
  threshold: number;
  keyId: number | null;
  groupId: number | null;
  ownerName: string;
  window: 'day' | 'month' | 'total';
  /** ISO date. */
  startsOn: string;
  endsAt: Date | null;
  used: Money;
  limit: Money;
  projected: Money | null;
  createdAt: Date;
}

export interface AlertText {
  title: string;
  lines: string[];
}

const NAME_LENGTH = 80;
const WINDOWS = { day: 'daily', month: 'monthly', total: 'total' } as const;

export function alertText(alert: AlertFacts): AlertText {
  if (alert.kind === 'test')
    return {
      title: 'BRConnector: test message',
      lines: ['This channel works. Alerts about quotas and budgets will arrive here.'],
    };
  const owner = `${alert.keyId === null ? 'Group' : 'Key'} "${displayName(alert.ownerName)}"`;
  const what = `${WINDOWS[alert.window]} ${alert.watched}`;
  const until = alert.endsAt === null ? [] : [`The period ends at ${moment(alert.endsAt)}.`];
  const spent = `${usd(alert.used)} of ${usd(alert.limit)} USD`;
  if (alert.kind === 'forecast')
    return {
      title: `${owner}: the ${what} will not last`,
      lines: [
        `Used so far: ${spent}. At this pace it will be ${usd(alert.projected ?? alert.used)} USD at the end.`,
        ...until,
      ],
    };
  return {
    title: `${owner}: ${alert.threshold} % of the ${what} is used`,
    lines: [`Used: ${spent}.`, ...until],
  };
}

/** A name that can stand in one line of text: no line breaks, no control or direction characters, not too long. */
export function displayName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  const cut = head(plain, NAME_LENGTH);
  return cut === plain ? plain : `${cut}…`;
}

/** `"12.5000000000"` -> `12.50`; what is smaller than a cent keeps its places. */
export function usd(amount: Money): string {
  return formatMoney(amount).replace(/(\.\d\d\d*?)0+$/, '$1');
}

function moment(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a subject speaks of: `quota:7` -> `quota`. */
export function watchedOf(subject: string): AlertFacts['watched'] {
  if (subject.startsWith('quota:')) return 'quota';
  return subject.startsWith('budget:') ? 'budget' : 'none';
}
