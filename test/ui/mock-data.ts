// A small gateway's worth of keys, sessions, exchanges and payments for the mock.
import type { LedgerRow } from '../../src/plugins/billing/ledger/schemas.ts';
import type { Receipt, ReceiptLine } from '../../src/plugins/billing/receipts/schemas.ts';
import type { PaymentRow } from '../../src/plugins/billing/schemas.ts';
import type { GroupRow } from '../../src/plugins/groups/schemas.ts';
import type { KeyRow } from '../../src/plugins/keys/schemas.ts';
import type { SessionRow } from '../../src/plugins/sessions/schemas.ts';
import type { ThreadDetail, ThreadStatus } from '../../src/plugins/threads/schemas.ts';

const MINUTE_MS = 60_000;
const PEOPLE = [
  ['Mira Lindqvist', 'mira@example.com', 'admin', '100.0000000000', '250.0000000000', '37.4218050000'],
  ['Support bot', 'support@example.com', 'user', '20.0000000000', '5.5000000000', '18.9034125000'],
  ['Wei Zhang 张伟', 'wei@example.com', 'user', '50.0000000000', '0.0000000000', '3.1415926535'],
  ['nightly-batch', '', 'user', '0.0000000000', '12.0000000000', '0.0000000000'],
  [
    'Ana Sofía Carvalho de Albuquerque e Mello Pereira',
    'ana@example.com',
    'user',
    '10.0000000000',
    '0.0000000000',
    '10.0000000000',
  ],
] as const;
const ENDINGS: readonly ThreadStatus[] = [
  'ok',
  'ok',
  'ok',
  'client_closed',
  'ok',
  'upstream_error',
  'ok',
  'abandoned',
];

const QUESTIONS = [
  'How do I reverse a linked list in TypeScript without recursion?',
  'Summarise the attached contract in five bullet points, please.',
  '请用简体中文解释一下什么是令牌。',
  'Why is my PostgreSQL query slow?\n\nEXPLAIN ANALYZE SELECT * FROM thread WHERE key_id = 7 ORDER BY id DESC LIMIT 20;',
  'Write a haiku about exact money.',
] as const;
const ANSWERS = [
  'Walk the list once and turn each arrow around:\n\n```ts\nfunction reverse<T>(head: Node<T> | null): Node<T> | null {\n  let previous: Node<T> | null = null;\n  for (let node = head; node; ) {\n    const next = node.next;\n    node.next = previous;\n    previous = node;\n    node = next;\n  }\n  return previous;\n}\n```\n\nIt takes O(n) time and O(1) space.',
  '1. Term: two years.\n2. Either side may leave with 90 days notice.\n3. Liability is capped at the fees of twelve months.\n4. Data stays in the region.\n5. Disputes go to arbitration.',
  '令牌是模型处理文本的最小单位。',
  'The planner sorts every row of that key. An index on `(key_id, id)` lets it read the last twenty at once.',
  'Ten places, no drift,\neach token weighed and written,\nthe ledger is still.',
] as const;

const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * MINUTE_MS).toISOString();

/** A key without any rule of its own. */
export const NO_RULES = {
  expires_at: null,
  previous_expires_at: null,
  allowed_cidrs: null,
  allowed_models: null,
  logging: 'full',
  defaults: {},
  may_choose: [] as KeyRow['may_choose'],
  requests_per_minute: null,
  tokens_per_minute: null,
  parallel_requests: null,
} as const satisfies Partial<KeyRow>;

const RULES: Record<number, Partial<KeyRow>> = {
  1: {
    previous_expires_at: at(-60 * 20),
    allowed_models: ['claude-3-*', 'mistral-small'],
    allowed_cidrs: ['10.0.0.0/8', '2001:db8::/32'],
    defaults: { model: 'claude-3-haiku', max_tokens: 512 },
    requests_per_minute: 60,
  },
  2: { expires_at: at(60 * 24 * 3) },
  4: { expires_at: at(-60 * 24 * 9), logging: 'metadata' },
};

export function makeGroups(): GroupRow[] {
  const rules = {
    allowed_models: null,
    requests_per_minute: null,
    tokens_per_minute: null,
    parallel_requests: null,
  };
  const times = { created_at: at(60 * 24 * 50), updated_at: at(60 * 5) };
  return [
    {
      id: 2,
      name: 'Research 研究',
      description: 'Long contexts, small models',
      key_count: 0,
      ...rules,
      ...times,
      allowed_models: ['claude-3-haiku', 'mistral-*'],
      requests_per_minute: 120,
    },
    { id: 1, name: 'default', description: '', key_count: 2, ...rules, ...times },
  ];
}

export function makeKeys(): KeyRow[] {
  return PEOPLE.map(([name, email, role, month_quota, balance, month_fee], index) => ({
    id: index + 1,
    name,
    email,
    group_id: index % 2,
    role,
    month_quota,
    balance,
    month_fee,
    total_fee: month_fee.replace(/^/, index === 0 ? '12' : '1'),
    status: index === 3 ? ('disabled' as const) : ('active' as const),
    key_prefix: 'br-Ab3',
    key_last4: `x${index}Yz`,
    created_at: at(60 * 24 * 40 - index * 700),
    updated_at: at(index * 95 + 3),
    ...NO_RULES,
    ...RULES[index],
  }));
}

export function makeSessions(): SessionRow[] {
  return Array.from({ length: 23 }, (_, index) => ({
    id: 23 - index,
    key: `sess-${String(23 - index).padStart(4, '0')}-7f3a9c`,
    origin: index === 2 ? ('claude-code' as const) : ('header' as const),
    title: index === 4 ? '' : (QUESTIONS[index % QUESTIONS.length] ?? '').slice(0, 64),
    key_id: index % 3 === 2 ? 2 : 1,
    total_in_tokens: 1_204 + index * 331,
    total_out_tokens: 530 + index * 77,
    total_fee: `0.0${index + 1}21500000`.padEnd(12, '0').slice(0, 12),
    currency: 'USD' as const,
    created_at: at(index * 400 + 60),
    updated_at: at(index * 400 + 2),
  }));
}

const RICH_ANSWER = JSON.stringify([
  { kind: 'reasoning', text: 'The user wants the weather. I have a tool.' },
  { kind: 'text', text: 'Let me look that up.' },
  { kind: 'tool-use', id: 'call_2', name: 'get_weather', input: { city: '杭州', days: 3 } },
]);
const RICH_PROMPT = JSON.stringify([
  { role: 'system', content: 'Use tools.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'What is this, and how warm is it there?' },
      { type: 'image_url', image_url: { url: '[image/png, 48213 bytes]' } },
    ],
  },
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'find_place', arguments: '{"hint":"lake"}' } },
    ],
  },
  { role: 'tool', tool_call_id: 'call_1', content: 'West Lake' },
]);

/** Exchange `id`; the first eight belong to session 23, the others to none or to their own. */
export function makeThread(id: number): ThreadDetail {
  const status = ENDINGS[id % ENDINGS.length] ?? 'ok';
  const isServed = status !== 'upstream_error';
  const prompt = QUESTIONS[id % QUESTIONS.length] ?? '';
  return {
    id,
    session_id: id <= 8 ? 23 : id % 4 === 0 ? null : 1 + (id % 23),
    session_key: id <= 8 ? 'sess-0023-7f3a9c' : null,
    request_id: `req_${String(id).padStart(24, '0')}`,
    key_id: id % 3 === 2 ? 2 : 1,
    model: id % 4 === 3 ? 'anthropic.claude-3-sonnet-20240229-v1:0' : 'claude-3-haiku',
    prompt,
    completion: isServed ? (ANSWERS[id % ANSWERS.length] ?? '') : '',
    whole_completion: id === 9 ? RICH_ANSWER : null,
    whole_prompt:
      id === 9
        ? RICH_PROMPT
        : JSON.stringify([
            { role: 'system', content: 'You are a helpful assistant.' },
            { role: 'user', content: prompt },
          ]),
    tokens_in: 812,
    tokens_out: isServed ? 264 : 0,
    tokens_cache_read: 512,
    tokens_cache_write_5m: 96,
    tokens_cache_write_1h: 0,
    price_in: '0.0000002500',
    price_out: '0.0000012500',
    fee: isServed ? '0.0004238000' : '0.0000000000',
    currency: 'USD',
    invocation_latency: isServed ? 1_840 : null,
    first_byte_latency: isServed ? 312 : null,
    status,
    usage_source: isServed ? (status === 'abandoned' ? 'estimated' : 'reported') : 'none',
    thread_type: id % 2 === 0 ? 0 : 1,
    created_at: at((47 - id) * 11 + 1),
  };
}

/** The bill of exchange `id`: its four kinds of tokens, and for every seventh a refund. */
export function makeReceipt(thread: ThreadDetail): Receipt {
  const isServed = thread.usage_source !== 'none';
  const fee = thread.fee;
  const line = (kind: ReceiptLine['kind'], tokens: number, price: string, amount: string): ReceiptLine => ({
    kind,
    tokens: isServed ? tokens : 0,
    price_per_million: price,
    amount: isServed ? amount : '0.0000000000',
  });
  const isRefunded = thread.id % 7 === 0;
  const target = 'anthropic.claude-3-haiku-20240307-v1:0';
  return {
    id: thread.id,
    key_id: thread.key_id,
    group_id: null,
    exchange_id: `018f3f3e-0000-7000-8000-${String(thread.id).padStart(12, '0')}`,
    request_id: thread.request_id,
    status: thread.status,
    usage_source: thread.usage_source,
    is_quarantined: false,
    model: thread.model,
    target,
    region: 'us-east-1',
    price: { base_id: target, scope: 'in-region', service_tier: 'standard' },
    currency: 'USD',
    lines: [
      line('input', 204, '0.2500000000', '0.0000510000'),
      line('cache_read', 512, '0.0250000000', '0.0000128000'),
      line('cache_write_5m', 96, '0.3125000000', '0.0000300000'),
      line('cache_write_1h', 0, '0.5000000000', '0.0000000000'),
      line('output', 264, '1.2500000000', '0.0003300000'),
    ],
    images: null,
    charged_at_hold: null,
    lines_total: fee,
    rounding: '0.0000000000',
    fee,
    quota_part: fee,
    balance_part: '0.0000000000',
    corrections: isRefunded
      ? [
          {
            ledger_id: 99,
            kind: 'refund',
            amount: '-0.0001000000',
            quota_part: '-0.0001000000',
            balance_part: '0.0000000000',
            reason: 'The answer was cut by mistake',
            actor: 'key:1',
            request_id: 'r',
            created_at: at(3),
          },
        ]
      : [],
    correction: isRefunded ? '-0.0001000000' : '0.0000000000',
    net_fee: isRefunded ? '0.0003238000' : fee,
    net_quota_part: isRefunded ? '0.0003238000' : fee,
    net_balance_part: '0.0000000000',
    hold: { amount: '0.0102430000', released: '0.0098192000', excess: '0.0000000000' },
    cache_saving: isServed ? '0.0001092000' : '0.0000000000',
    attempts: [
      {
        target,
        region: 'us-east-1',
        outcome: isServed ? 'served' : 'throttled',
        upstream_request_id: '5f1c1c0e-7d0e-4f43-9f5e-2d6f1f0f6a11',
        latency_ms: thread.invocation_latency,
      },
    ],
    is_streamed: thread.thread_type === 0,
    first_byte_ms: thread.first_byte_latency,
    latency_ms: thread.invocation_latency,
    started_at: thread.created_at,
    ended_at: thread.created_at,
  };
}

export function makeLedger(): LedgerRow[] {
  const kinds = [
    'usage',
    'usage',
    'recharge',
    'usage',
    'refund',
    'transfer',
    'adjustment',
    'expiry',
  ] as const;
  return Array.from({ length: 28 }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? 'usage';
    const isUsage = kind === 'usage' || kind === 'refund';
    return {
      id: 28 - index,
      key_id: (index % 3) + 1,
      group_id: null,
      kind,
      balance_change: kind === 'recharge' ? '25.0000000000' : isUsage ? '0.0000000000' : '-1.2500000000',
      quota_change: kind === 'usage' ? '0.0004238000' : kind === 'refund' ? '-0.0001000000' : '0.0000000000',
      month: isUsage ? '2026-11-01' : null,
      day: isUsage ? '2026-11-25' : null,
      exchange_id: isUsage ? `018f3f3e-0000-7000-8000-${String(28 - index).padStart(12, '0')}` : null,
      thread_id: isUsage ? 28 - index : null,
      counterpart_key_id: kind === 'transfer' ? 3 : null,
      actor: isUsage ? `key:${(index % 3) + 1}` : 'bootstrap',
      reason: isUsage ? '' : kind === 'recharge' ? 'Invoice 2026-104' : 'moved on request of the team',
      request_id: `req-${index}`,
      created_at: at(index * 190 + 2),
    };
  });
}

export function makePayments(): PaymentRow[] {
  return Array.from({ length: 9 }, (_, index) => ({
    id: 9 - index,
    key_id: (index % 3) + 1,
    fee: `${(index + 1) * 25}.0000000000`,
    created_at: at(index * 1_500 + 30),
    actor: index % 2 === 0 ? 'bootstrap' : 'key:1',
    reason: index % 3 === 0 ? `Invoice 2024-${100 + index}` : '',
  }));
}
