import t from 'tap';
import { decodeSchemaError } from '../../../../src/wire/decode-schema-error.ts';
import { MINIMAL, read, readJson, refusalOf } from './read-body.ts';

/** Members in place of the minimal ones, then kind, param and text of the refusal. */
type Row = [members: Record<string, unknown>, kind: string, param: string | null, message: RegExp];

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });

const ROWS: Row[] = [
  [{ model: undefined }, 'missing_parameter', 'model', /^Missing required parameter: 'model'\.$/],
  [{ model: null }, 'invalid_type', 'model', /expected a string, but got null instead/],
  [{ model: 5 }, 'invalid_type', 'model', /expected a string, but got an integer instead/],
  [{ model: '' }, 'invalid_value', 'model', /not empty/],
  [{ model: 'm'.repeat(2049) }, 'invalid_value', 'model', /a string of at most 2048 characters/],
  [{ messages: undefined }, 'missing_parameter', 'messages', /Missing/],
  [{ messages: null }, 'invalid_type', 'messages', /expected an array, but got null/],
  [{ messages: 'Hi' }, 'invalid_type', 'messages', /expected an array, but got a string/],
  [{ messages: {} }, 'invalid_type', 'messages', /expected an array, but got an object/],
  [{ messages: [] }, 'invalid_value', 'messages', /at least 1 element, but got an empty array/],
  [{ messages: ['Hi'] }, 'invalid_type', 'messages[0]', /expected an object, but got a string/],
  [
    { messages: [[MINIMAL.messages[0]]] },
    'invalid_type',
    'messages[0]',
    /expected an object, but got an array/,
  ],
  [{ messages: [{ content: 'Hi' }] }, 'missing_parameter', 'messages[0].role', /Missing/],
  [
    { messages: [{ role: 5, content: 'Hi' }] },
    'invalid_type',
    'messages[0].role',
    /a string, but got an integer/,
  ],
  [{ messages: [{ role: null }] }, 'invalid_type', 'messages[0].role', /got null/],
  [
    user(5),
    'invalid_type',
    'messages[0].content',
    /expected one of a string or an array, but got an integer/,
  ],
  [user(true), 'invalid_type', 'messages[0].content', /got a boolean/],
  [user({ text: 'Hi' }), 'invalid_type', 'messages[0].content', /got an object/],
  [user(['Hi']), 'invalid_type', 'messages[0].content[0]', /expected an object, but got a string/],
  [user([[{ type: 'text', text: 'Hi' }]]), 'invalid_type', 'messages[0].content[0]', /got an array/],
  [user([null]), 'invalid_type', 'messages[0].content[0]', /got null/],
  [user([{ text: 'Hi' }]), 'missing_parameter', 'messages[0].content[0].type', /Missing/],
  [user([{ type: 1 }]), 'invalid_type', 'messages[0].content[0].type', /a string, but got an integer/],
  [
    user([{ type: 'text', text: 1.5 }]),
    'invalid_type',
    'messages[0].content[0].text',
    /got a decimal number/,
  ],
  [user([{ type: 'text', text: null }]), 'invalid_type', 'messages[0].content[0].text', /got null/],
  [
    { messages: [{ role: 'user', content: 'Hi', name: {} }] },
    'invalid_type',
    'messages[0].name',
    /an object/,
  ],
  [{ max_tokens: 0 }, 'invalid_value', 'max_tokens', /expected a value >= 1, but got 0/],
  [{ max_tokens: -1 }, 'invalid_value', 'max_tokens', />= 1, but got -1/],
  [{ max_tokens: 1.5 }, 'invalid_type', 'max_tokens', /expected an integer, but got a decimal number/],
  [{ max_tokens: '5' }, 'invalid_type', 'max_tokens', /expected an integer, but got a string/],
  [{ max_tokens: true }, 'invalid_type', 'max_tokens', /got a boolean/],
  [{ max_tokens: [5] }, 'invalid_type', 'max_tokens', /got an array/],
  [{ max_tokens: 10_000_001 }, 'invalid_value', 'max_tokens', /<= 10000000/],
  [{ max_tokens: 1e300 }, 'invalid_value', 'max_tokens', /<= 10000000, but got 1e\+300/],
  [{ max_completion_tokens: 0 }, 'invalid_value', 'max_completion_tokens', />= 1/],
  [{ max_completion_tokens: 2 ** 53 }, 'invalid_value', 'max_completion_tokens', /<= 10000000/],
  [{ temperature: 2.1 }, 'invalid_value', 'temperature', /<= 2, but got 2.1/],
  [{ temperature: -0.1 }, 'invalid_value', 'temperature', />= 0/],
  [{ temperature: '1' }, 'invalid_type', 'temperature', /expected a number, but got a string/],
  [{ top_p: 1.1 }, 'invalid_value', 'top_p', /<= 1/],
  [{ top_p: false }, 'invalid_type', 'top_p', /got a boolean/],
  [{ stop: 5 }, 'invalid_type', 'stop', /expected one of a string or an array/],
  [{ stop: ['a', 5] }, 'invalid_type', 'stop[1]', /expected a string, but got an integer/],
  [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'invalid_value', 'stop', /at most 4 elements/],
  [{ n: 0 }, 'invalid_value', 'n', />= 1/],
  [{ n: 129 }, 'invalid_value', 'n', /<= 128/],
  [{ stream: 'true' }, 'invalid_type', 'stream', /expected a boolean, but got a string/],
  [{ stream: 1 }, 'invalid_type', 'stream', /got an integer/],
  [{ stream: true, stream_options: [] }, 'invalid_type', 'stream_options', /an object, but got an array/],
  [
    { stream: true, stream_options: { include_usage: 1 } },
    'invalid_type',
    'stream_options.include_usage',
    /boolean/,
  ],
  [{ tools: {} }, 'invalid_type', 'tools', /an array/],
  [{ response_format: 'json' }, 'invalid_type', 'response_format', /an object, but got a string/],
  [{ response_format: {} }, 'missing_parameter', 'response_format.type', /Missing/],
  [{ top_logprobs: 21 }, 'invalid_value', 'top_logprobs', /<= 20/],
  [{ frequency_penalty: 3 }, 'invalid_value', 'frequency_penalty', /<= 2/],
  [{ presence_penalty: -3 }, 'invalid_value', 'presence_penalty', />= -2/],
  [{ metadata: 'x' }, 'invalid_type', 'metadata', /an object/],
  [{ metadata: { a: 1 } }, 'invalid_type', 'metadata.a', /a string, but got an integer/],
  [{ metadata: { 0: 1 } }, 'invalid_type', 'metadata.0', /a string/],
  [{ metadata: { 'a/b~c': 1 } }, 'invalid_type', 'metadata.a/b~c', /a string/],
  [{ metadata: { 'a\nb': 1 } }, 'invalid_type', 'metadata.a\nb', /a string/],
  [{ metadata: { a: 'x'.repeat(513) } }, 'invalid_value', 'metadata.a', /a string of at most 512/],
  [{ metadata: { ['k'.repeat(65)]: 'x' } }, 'invalid_value', 'metadata', /keys of at most 64/],
  [
    { metadata: Object.fromEntries([...Array(17).keys()].map((key) => [`k${key}`, 'x'])) },
    'invalid_value',
    'metadata',
    /at most 16 members/,
  ],
  [{ user: 5 }, 'invalid_type', 'user', /a string/],
];

t.test('every kind of wrong body is one refusal that names the field', async (t) => {
  for (const [members, kind, param, message] of ROWS) {
    const refusal = refusalOf(() => read(members));
    const label = JSON.stringify(members).slice(0, 80);
    t.match(
      { kind: refusal.kind, param: refusal.param, message: refusal.message },
      { kind, param, message },
      label,
    );
  }
});

t.test('a body that is no object is refused without a field to blame', async (t) => {
  for (const [json, actual] of [
    ['[]', 'an array'],
    ['"Hi"', 'a string'],
    ['null', 'null'],
    ['5', 'an integer'],
  ] as const) {
    const refusal = refusalOf(() => readJson(json));
    t.equal(refusal.kind, 'invalid_type');
    t.equal(refusal.param, null);
    t.equal(
      refusal.message,
      `Invalid type for the request body: expected an object, but got ${actual} instead.`,
    );
  }
});

t.test('a number that JSON can write and no machine can hold is out of range', async (t) => {
  for (const name of ['temperature', 'top_p', 'max_tokens', 'n', 'seed', 'frequency_penalty']) {
    const refusal = refusalOf(() =>
      readJson(JSON.stringify({ ...MINIMAL, [name]: 0 }).replace(/:0}$/, ':1e400}')),
    );
    t.match(refusal, { kind: 'invalid_value', param: name, message: /the number is out of range/ }, name);
  }
});

t.test('null stands for "not given" wherever OpenAI takes it', async (t) => {
  const names =
    `max_completion_tokens max_tokens temperature top_p stop n stream stream_options reasoning_effort
    verbosity seed logprobs top_logprobs logit_bias frequency_penalty presence_penalty modalities audio prediction
    moderation metadata store user safety_identifier prompt_cache_key prompt_cache_retention service_tier tools
    tool_choice functions function_call response_format web_search_options parallel_tool_calls`.split(/\s+/);
  const { request, dropped } = read(Object.fromEntries(names.map((name) => [name, null])));
  t.same(request, read({}).request);
  t.same(dropped, []);
});

t.test('arrays of one element are taken as they are', async (t) => {
  const { request } = read({ ...user([{ type: 'text', text: 'Hi' }]), stop: ['END'] });
  t.same(request.turns, [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }]);
  t.same(request.stopSequences, ['END']);
});

t.test('a very long name in the path is cut', async (t) => {
  const body = { ['k'.repeat(10_000)]: 1 };
  const error = { keyword: 'type', instancePath: `/${'k'.repeat(10_000)}`, params: { type: 'string' } };
  t.equal(decodeSchemaError([error], body).param?.length, 64);
});

t.test('errors that say little still make a refusal', async (t) => {
  const unknownKeyword = { keyword: 'const', instancePath: '/model', params: {} };
  t.match(decodeSchemaError([unknownKeyword], { model: 'x' }), { kind: 'invalid_value', param: 'model' });
  t.match(decodeSchemaError([{ keyword: 'anyOf', instancePath: '', params: {} }], {}), {
    kind: 'invalid_type',
    param: null,
  });
  const beyondTheBody = { keyword: 'type', instancePath: '/model/x', params: { type: 'string' } };
  t.match(decodeSchemaError([beyondTheBody], { model: 'x' }).message, /but got nothing instead/);
});
