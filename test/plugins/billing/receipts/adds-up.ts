// What holds of every receipt.
import type { Test } from 'tap';
import type { NewKey, TestGateway } from '../../../helpers/gateway.ts';
import type { Ending } from '../../chat-proxy/endings.ts';

/** Amounts on the wire in units of 10^-16 USD. */
function exact(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  return BigInt(whole + fraction.padEnd(16, '0')) * (text.startsWith('-') ? -1n : 1n);
}

// biome-ignore lint/suspicious/noExplicitAny: an answer as it came
export type Receipt = any;

export async function receiptOf(gateway: TestGateway, key: NewKey, id: number): Promise<Receipt> {
  const { status, body } = await gateway.api('GET', `/user/thread/receipt/${id}`, { key: key.secret });
  if (status !== 200) throw new Error(`receipt ${id} answered ${status}`);
  return body.data;
}

export function addsUp(t: Test, receipt: Receipt): void {
  const sum = (texts: string[]) => texts.reduce((total, text) => total + exact(text), 0n);
  const lines = receipt.lines.map((line: Receipt) => line.amount);
  for (const { tokens, price_per_million, amount } of receipt.lines)
    t.equal(exact(amount), (BigInt(tokens) * exact(price_per_million)) / 1_000_000n);
  t.equal(sum([...lines, receipt.charged_at_hold ?? '0']), exact(receipt.lines_total));
  t.equal(sum([receipt.lines_total, receipt.rounding]), exact(receipt.fee));
  t.equal(sum([receipt.quota_part, receipt.balance_part]), exact(receipt.fee));
  t.equal(sum([receipt.fee, receipt.correction]), exact(receipt.net_fee));
  t.equal(sum([receipt.net_quota_part, receipt.net_balance_part]), exact(receipt.net_fee));
  const { amount, released, excess } = receipt.hold;
  t.equal(exact(amount), exact(receipt.fee) + exact(released) - exact(excess));
}

/** What the one attempt of an exchange that ended so is called. */
function outcomeOf({ status, httpStatus, behaviour }: Ending): RegExp {
  if (status === 'ok') return /^served$/;
  if (status === 'upstream_timeout') return /^timeout$/;
  if (status === 'upstream_throttled') return /^(throttled|quota|not_ready)$/;
  if (behaviour.kind === 'cut') return /^reset$/;
  if (behaviour.kind === 'answer' && behaviour.stopReason?.startsWith('malformed')) return /^model_error$/;
  return httpStatus === 200 ? /^(internal|reset|malformed|incomplete)$/ : /^\w+$/;
}

/** The receipt of an exchange that ended so: it adds up, and names the one attempt. */
export async function hasReceipt(
  t: Test,
  { gateway, key, id, ending }: { gateway: TestGateway; key: NewKey; id: number; ending: Ending },
): Promise<void> {
  const receipt = await receiptOf(gateway, key, id);
  addsUp(t, receipt);
  t.match(receipt, {
    status: ending.status,
    usage_source: ending.source,
    is_quarantined: false,
    is_streamed: ending.stream,
    model: 'claude-3-haiku',
    region: 'us-east-1',
    price: { base_id: /haiku/, scope: /./, service_tier: 'standard' },
  });
  const tokens = Object.fromEntries(receipt.lines.map((line: Receipt) => [line.kind, line.tokens]));
  t.same([tokens.input, tokens.output], ending.tokens);
  t.equal(receipt.attempts.length, 1);
  const [attempt] = receipt.attempts;
  t.match(attempt.outcome, outcomeOf(ending));
  t.match(attempt, { target: receipt.target, region: 'us-east-1' });
  t.ok(
    attempt.latency_ms >= 0 && attempt.latency_ms <= receipt.latency_ms,
    'a try is no longer than the exchange',
  );
  // A connection that is cut before any answer never said its name.
  t.equal(attempt.upstream_request_id !== null, ending.behaviour.kind !== 'cut');
}
