import t from 'tap';
import type { ChatRequest } from '../../../../src/canonical/request.ts';
import { read, refusalOf } from './read-body.ts';

const requestOf = (...messages: unknown[]): ChatRequest => read({ messages }).request;
const text = (text: string) => ({ kind: 'text', text });
const HI = { role: 'user', content: 'Hi' };

t.test('leading instructions are the system text, later ones keep their place', async (t) => {
  const { system, turns } = requestOf(
    { role: 'system', content: 'one' },
    {
      role: 'developer',
      content: [
        { type: 'text', text: 'two' },
        { type: 'text', text: 'three' },
      ],
    },
    HI,
    { role: 'developer', content: 'four' },
    { role: 'system', content: 'five' },
    { role: 'user', content: 'Go on' },
  );
  t.same(system, [text('one'), text('two'), text('three')]);
  t.same(turns, [
    { role: 'user', content: [text('Hi')] },
    { role: 'system', content: [text('four')] },
    { role: 'system', content: [text('five')] },
    { role: 'user', content: [text('Go on')] },
  ]);
});

t.test('turns keep their order, their blocks and their blanks; nothing is merged', async (t) => {
  const { turns } = requestOf(
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: '' },
      ],
      name: 'Ann',
    },
    { role: 'user', content: ' ' },
    { role: 'assistant', content: 'b' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'c' },
        { type: 'refusal', refusal: 'No.' },
      ],
    },
  );
  t.same(turns, [
    { role: 'user', content: [text('a'), text('')] },
    { role: 'user', content: [text(' ')] },
    { role: 'assistant', content: [text('b')] },
    { role: 'assistant', content: [text('c'), text('No.')] },
  ]);
});

t.test('an assistant message as the SDK returns it can be sent back', async (t) => {
  const returned = {
    role: 'assistant',
    content: 'Hello',
    refusal: null,
    annotations: [],
    tool_calls: [],
    audio: null,
  };
  t.same(requestOf(HI, returned, HI).turns[1], { role: 'assistant', content: [text('Hello')] });
  const refused = { role: 'assistant', content: null, refusal: 'I cannot.' };
  t.same(requestOf(HI, refused, HI).turns[1], { role: 'assistant', content: [text('I cannot.')] });
  const both = { role: 'assistant', content: 'Well.', refusal: 'No.' };
  t.same(requestOf(HI, both, HI).turns[1], { role: 'assistant', content: [text('Well.'), text('No.')] });
});

/** The second message (after a user's), then kind, param below `messages[1]`, and text. */
const REFUSED: [message: unknown, kind: string, param: string, text: RegExp][] = [
  [
    { role: 'banana', content: 'x' },
    'invalid_value',
    '.role',
    /'banana'.*'system', 'developer', 'user', 'assistant', 'tool', 'function'/,
  ],
  [{ role: '', content: 'x' }, 'invalid_value', '.role', /''/],
  [{ role: 'r'.repeat(500), content: 'x' }, 'invalid_value', '.role', /'r{40}\.\.\.'/],
  [{ role: 'tool', content: 'x' }, 'missing_parameter', '.tool_call_id', /Missing/],
  [{ role: 'tool', tool_call_id: '', content: 'x' }, 'missing_parameter', '.tool_call_id', /Missing/],
  [{ role: 'tool', tool_call_id: 'c' }, 'missing_parameter', '.content', /Missing/],
  [{ role: 'tool', tool_call_id: 'c', content: null }, 'invalid_type', '.content', /got null/],
  [
    { role: 'tool', tool_call_id: 'c', content: [{ type: 'image_url' }] },
    'invalid_value',
    '.content[0].type',
    /'text'/,
  ],
  [{ role: 'function', content: 'x' }, 'missing_parameter', '.name', /Missing/],
  [{ role: 'function', name: 'f', content: 'x' }, 'invalid_value', '.name', /no assistant message/],
  [{ role: 'user' }, 'missing_parameter', '.content', /Missing/],
  [{ role: 'system' }, 'missing_parameter', '.content', /Missing/],
  [{ role: 'assistant' }, 'missing_parameter', '.content', /Missing/],
  [{ role: 'user', content: null }, 'invalid_type', '.content', /got null/],
  [{ role: 'developer', content: null }, 'invalid_type', '.content', /got null/],
  [{ role: 'assistant', content: null }, 'invalid_type', '.content', /got null/],
  [{ role: 'assistant', content: null, tool_calls: [], refusal: '' }, 'invalid_type', '.content', /got null/],
  [{ role: 'user', content: [] }, 'invalid_value', '.content', /at least 1 element/],
  [{ role: 'assistant', content: [], refusal: 'No.' }, 'invalid_value', '.content', /at least 1 element/],
  [
    { role: 'user', content: [{ type: 'input_audio' }] },
    'unsupported_value',
    '.content[0].type',
    /input_audio/,
  ],
  [
    { role: 'user', content: [{ type: 'text', text: 'x' }, { type: 'file' }] },
    'missing_parameter',
    '.content[1].file',
    /Missing/,
  ],
  [
    { role: 'user', content: [{ type: 'refusal', refusal: 'x' }] },
    'invalid_value',
    '.content[0].type',
    /'refusal'.*'text', 'image_url', 'file', 'doc'/,
  ],
  [{ role: 'user', content: [{ type: 'video' }] }, 'invalid_value', '.content[0].type', /'video'/],
  [{ role: 'user', content: [{ type: 'text' }] }, 'missing_parameter', '.content[0].text', /Missing/],
  [
    { role: 'assistant', content: [{ type: 'refusal' }] },
    'missing_parameter',
    '.content[0].refusal',
    /Missing/,
  ],
  [{ role: 'system', content: [{ type: 'image_url' }] }, 'invalid_value', '.content[0].type', /'text'/],
  [
    { role: 'assistant', content: [{ type: 'image_url' }] },
    'invalid_value',
    '.content[0].type',
    /'text', 'refusal'/,
  ],
  [
    { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
    'missing_parameter',
    '.tool_calls[0].id',
    /Missing/,
  ],
  [
    { role: 'assistant', content: null, tool_calls: [{ id: 'c' }] },
    'missing_parameter',
    '.tool_calls[0].function',
    /Missing/,
  ],
  [
    { role: 'assistant', tool_calls: [{ id: 'c', type: 'custom' }] },
    'missing_parameter',
    '.tool_calls[0].custom',
    /Missing/,
  ],
  [
    { role: 'assistant', tool_calls: [{ id: 'c', type: 'magic' }] },
    'invalid_value',
    '.tool_calls[0].type',
    /'magic'/,
  ],
  [
    { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: {} } }] },
    'invalid_type',
    '.tool_calls[0].function.arguments',
    /a string/,
  ],
  [
    { role: 'assistant', content: null, function_call: { arguments: '{}' } },
    'missing_parameter',
    '.function_call.name',
    /Missing/,
  ],
  [
    { role: 'assistant', content: 'x', reasoning_details: [{ type: 'reasoning.encrypted' }] },
    'missing_parameter',
    '.reasoning_details[0].data',
    /Missing/,
  ],
  [
    { role: 'assistant', content: 'x', reasoning_details: [{ type: 'reasoning.encrypted', data: '?' }] },
    'invalid_value',
    '.reasoning_details[0].data',
    /base64/,
  ],
  [{ role: 'assistant', content: null, audio: { id: 'a' } }, 'unsupported_value', '.audio', /audio/],
];

t.test('a message that cannot be taken is refused by its path', async (t) => {
  for (const [message, kind, param, pattern] of REFUSED) {
    const refusal = refusalOf(() => requestOf(HI, message));
    t.match(
      refusal,
      { kind, param: `messages[1]${param}`, message: pattern },
      JSON.stringify(message).slice(0, 90),
    );
  }
});

t.test('instructions alone are no conversation', async (t) => {
  const refusal = refusalOf(() => requestOf({ role: 'system', content: 'Be kind.' }));
  t.match(refusal, { kind: 'invalid_value', param: 'messages', message: /at least one user message/ });
});
