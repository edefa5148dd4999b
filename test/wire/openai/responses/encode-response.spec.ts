// A whole answer as a response object.
import type { Response } from 'openai/resources/responses/responses';
import t from 'tap';
import type { FinishReason } from '../../../../src/canonical/event.ts';
import { encodeResponse } from '../../../../src/wire/openai/responses/encode-response.ts';
import { openThought } from '../../../../src/wire/openai/responses/encrypted-content.ts';
import { answerOf, EXCHANGE, factsOf } from './answers.ts';

const SAID = answerOf([{ kind: 'text', text: 'Hello' }]);

t.test('a plain answer has every member that the types require', async (t) => {
  const encoded = encodeResponse(factsOf(), SAID);
  // The SDK adds `output_text` itself; its types must find no other member missing or wrong.
  const typed: Omit<Response, 'output_text' | 'usage'> = encoded as Omit<
    typeof encoded,
    'tools' | 'tool_choice' | 'reasoning' | 'text' | 'service_tier'
  > &
    Pick<Response, 'tools' | 'tool_choice' | 'reasoning' | 'text' | 'service_tier'>;
  t.equal(typed.object, 'response');
  t.same(encoded, {
    id: `resp_${EXCHANGE}`,
    object: 'response',
    created_at: 1_790_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'alias',
    output: [
      {
        id: `msg_${EXCHANGE}_0`,
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
      },
    ],
    usage: {
      input_tokens: 63,
      input_tokens_details: { cached_tokens: 10, cache_write_tokens: 50 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 65,
    },
    service_tier: 'default',
    background: false,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: null,
    truncation: 'disabled',
  });
});

t.test('the request is said again', async (t) => {
  const asked = {
    instructions: 'Be brief',
    max_output_tokens: 9,
    metadata: { a: 'b' },
    parallel_tool_calls: false,
    prompt_cache_key: 'k',
    reasoning: { effort: 'low', summary: 'auto' },
    safety_identifier: 's',
    temperature: 0,
    text: { format: { type: 'json_object' }, verbosity: 'low' },
    tool_choice: { type: 'function', name: 'f' },
    top_p: 0.5,
    user: 'u',
  };
  const tools = [{ type: 'function', name: 'f' }];
  const encoded = encodeResponse(factsOf({ ...asked, tools, store: true }), SAID);
  t.match(encoded, { ...asked, store: false });
  t.same(encoded.tools, [{ type: 'function', name: 'f', parameters: null, strict: null }]);
});

const ENDS: [FinishReason, string, string | undefined][] = [
  ['stop', 'completed', undefined],
  ['stop_sequence', 'completed', undefined],
  ['tool_calls', 'completed', undefined],
  ['unknown', 'completed', undefined],
  ['length', 'incomplete', 'max_output_tokens'],
  ['context_window', 'incomplete', 'max_output_tokens'],
  ['refusal', 'incomplete', 'content_filter'],
  ['guardrail', 'incomplete', 'content_filter'],
];

t.test(
  'every reason to stop has its status, and only the last item of a cut answer is incomplete',
  async (t) => {
    for (const [reason, status, why] of ENDS) {
      const blocks = [
        { kind: 'text', text: 'a' },
        { kind: 'text', text: 'b' },
      ] as const;
      const encoded = encodeResponse(factsOf(), answerOf([...blocks], reason));
      t.equal(encoded.status, status, reason);
      t.equal(encoded.incomplete_details?.reason, why, reason);
      t.same(
        encoded.output.map((item) => item.status),
        ['completed', status],
      );
    }
  },
);

t.test('calls are items of their own, custom ones with their text', async (t) => {
  const facts = factsOf({
    tools: [
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'patch' },
    ],
  });
  const use = (id: string, name: string, input: Record<string, unknown>) =>
    ({ kind: 'tool-use', id, name, input }) as const;
  const { output } = encodeResponse(
    facts,
    answerOf([
      use('c1', 'f', { a: [1] }),
      use('c2', 'f', {}),
      use('c3', 'patch', { input: '*** Begin\n"x"' }),
      use('c4', 'patch', { other: 1 }),
      use('c5', 'patch', {}),
    ]),
  );
  t.match(output, [
    { id: `fc_${EXCHANGE}_0`, type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":[1]}' },
    { type: 'function_call', call_id: 'c2', arguments: '{}' },
    {
      id: `ctc_${EXCHANGE}_2`,
      type: 'custom_tool_call',
      call_id: 'c3',
      name: 'patch',
      input: '*** Begin\n"x"',
    },
    { type: 'custom_tool_call', input: '{"other":1}' },
    { type: 'custom_tool_call', input: '' },
  ]);
});

t.test('thoughts are shown where they may be read, and kept where the client asks for it', async (t) => {
  const thoughts = [
    { kind: 'reasoning', text: 'hm', signature: 'sig' },
    { kind: 'reasoning', text: '', signature: 'only' },
    { kind: 'redacted-reasoning', base64: 'AAEC' },
  ] as const;
  const plain = encodeResponse(factsOf(), answerOf([...thoughts])).output;
  t.same(plain[0], {
    id: `rs_${EXCHANGE}_0`,
    type: 'reasoning',
    status: 'completed',
    summary: [{ type: 'summary_text', text: 'hm' }],
  });
  t.same(
    [plain[1], plain[2]].map((item) => item?.type === 'reasoning' && item.summary),
    [[], []],
  );
  const kept = encodeResponse(factsOf({ include: ['reasoning.encrypted_content'] }), answerOf([...thoughts]));
  t.same(
    kept.output.map((item) => (item.type === 'reasoning' ? openThought(item.encrypted_content ?? '') : null)),
    thoughts,
  );
});

t.test('usage that was not reported is zeros, a tier that was is told, and so is the cost', async (t) => {
  const answer = { ...SAID, usage: null, serviceTier: 'flex' };
  const encoded = encodeResponse(factsOf(), answer, 1_000_000n);
  t.match(encoded.usage, { input_tokens: 0, output_tokens: 0, total_tokens: 0, cost: 0.0001 });
  t.equal(encoded.service_tier, 'flex');
});
