// A model with several targets for one test: each an inference profile of its own, at a price of its own.
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import type { Receipt } from '../billing/receipts/adds-up.ts';

export const BASE = 'anthropic.claude-3-haiku-20240307-v1:0';
export const FIRST_REGION = 'us-east-1';
export const SECOND_REGION = 'eu-west-1';
/** USD per million tokens in the scope of the second target; the first one costs 0.25 / 1.25. */
export const SECOND_PRICE = { input: '1', output: '7' };

let count = 0;

export interface TestModel {
  name: string;
  first: string;
  second: string;
}

/** Unless `more` says something else, one target: the first. With `isDouble` a second one in another scope and region. */
export async function createModel(
  gateway: TestGateway,
  { isDouble = true, ...more }: { isDouble?: boolean } & Record<string, unknown> = {},
): Promise<TestModel> {
  count += 1;
  const [first, second] = [profile(`first-${count}`), profile(`second-${count}`)];
  const name = `duo-${count}`;
  const { status, body } = await gateway.admin('POST', '/admin/model/create', {
    name,
    target: first,
    base_id: BASE,
    price_scope: 'in-region',
    vendor: 'anthropic',
    context_tokens: 200_000,
    max_output_tokens: 4096,
    ...(isDouble && {
      further_targets: [{ target: second, price_scope: 'eu', region: SECOND_REGION }],
    }),
    ...more,
  });
  if (status !== 200) throw new Error(`model/create answered ${status}: ${JSON.stringify(body)}`);
  return { name, first, second };
}

const profile = (id: string) => `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/${id}`;

export async function priceSecond(gateway: TestGateway, scope = 'eu'): Promise<void> {
  const { status } = await gateway.admin('POST', '/admin/price/set', {
    base_id: BASE,
    scope,
    bands: [{ ...SECOND_PRICE, cache_read: null, cache_write_5m: null, cache_write_1h: null }],
  });
  if (status !== 200) throw new Error(`price/set answered ${status}`);
}

/** A gateway where the scope of second targets has its price. */
export async function startWithPrices(...[t, options]: Parameters<typeof startTestGateway>) {
  const gateway = await startTestGateway(t, options);
  await priceSecond(gateway);
  return { gateway, key: await gateway.createKey() };
}

/** The receipt of the newest exchange, once `recorded` of them are. */
export async function newestReceipt(gateway: TestGateway, key: NewKey, recorded: number): Promise<Receipt> {
  await gateway.recorded(recorded);
  const { body } = await gateway.api('GET', '/user/thread/list?limit=1', { key: key.secret });
  // As administrators see it: the key's own names no AWS account.
  const receipt = await gateway.admin('GET', `/admin/thread/receipt/${body.data.items[0].id}`);
  if (receipt.status !== 200) throw new Error(`the receipt answered ${receipt.status}`);
  return receipt.body.data;
}

/** What so many tokens cost at a target, as the wire writes it. */
export function feeOf([input, output]: readonly [number, number], target: 'first' | 'second'): string {
  const [inputPrice, outputPrice] =
    target === 'first' ? [2_500_000_000n, 12_500_000_000n] : [10_000_000_000n, 70_000_000_000n];
  const fee = (BigInt(input) * inputPrice + BigInt(output) * outputPrice + 500_000n) / 1_000_000n;
  const digits = String(fee).padStart(11, '0');
  return `${digits.slice(0, -10)}.${digits.slice(-10)}`;
}
