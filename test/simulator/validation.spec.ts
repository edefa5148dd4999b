import t from 'tap';
import { MODEL, post, start } from './support.ts';

const PATH = `/model/${MODEL}/converse`;
const SIGNATURE = 'a'.repeat(64);
const hello = [{ role: 'user', content: [{ text: 'hello' }] }];

function said(role: string, ...content: unknown[]) {
  return { role, content };
}

const toolUse = { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: {} } };
const toolResult = { toolResult: { toolUseId: 'tooluse_1', content: [{ text: '12 C' }] } };
const toolConfig = { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object' } } } }] };
const question = said('user', { text: 'weather?' });

const REFUSED: [why: string, body: unknown, text: RegExp][] = [
  ['no messages', {}, /messages field must be a list/],
  ['an empty conversation', { messages: [] }, /messages field is empty/],
  [
    'a conversation that begins with the assistant',
    { messages: [said('assistant', { text: 'x' })] },
    /must start with a user message/,
  ],
  ['an unknown role', { messages: [said('tool', { text: 'x' })] }, /'messages\.0\.role'/],
  [
    'empty content',
    { messages: [said('user')] },
    /content field in the Message object at messages\.0 is empty/,
  ],
  ['text of white space', { messages: [said('user', { text: ' \n' })] }, /messages\.0\.content\.0 is blank/],
  ['text that is no text', { messages: [said('user', { text: 7 })] }, /messages\.0\.content\.0 is blank/],
  [
    'a block with two members',
    { messages: [said('user', { text: 'x', cachePoint: {} })] },
    /must set one of the following keys: text/,
  ],
  [
    'a block of an unknown kind',
    { messages: [said('user', { speech: 'x' })] },
    /must set one of the following keys/,
  ],
  [
    'an image in an answer',
    { messages: [...hello, said('assistant', { image: {} })] },
    /allowed only in user messages/,
  ],
  [
    'a blank system text',
    { messages: hello, system: [{ text: '' }] },
    /SystemContentBlock object at system\.0 is blank/,
  ],
  [
    'a last answer that ends in white space',
    { messages: [...hello, said('assistant', { text: 'So ' })] },
    /trailing whitespace/,
  ],
  [
    'five cache points',
    { messages: [said('user', { text: 'x' }, ...Array(5).fill({ cachePoint: { type: 'default' } }))] },
    /maximum of 4/,
  ],
  [
    'maxTokens 0',
    { messages: hello, inferenceConfig: { maxTokens: 0 } },
    /'0' at 'inferenceConfig\.maxTokens'.*greater than or equal to 1/,
  ],
  ['half a token', { messages: hello, inferenceConfig: { maxTokens: 1.5 } }, /maxTokens.*integer/],
  [
    'temperature above 1',
    { messages: hello, inferenceConfig: { temperature: 1.1 } },
    /temperature.*less than or equal to 1/,
  ],
  ['negative topP', { messages: hello, inferenceConfig: { topP: -0.1 } }, /topP.*greater than or equal to 0/],
  ['temperature as text', { messages: hello, inferenceConfig: { temperature: '0' } }, /temperature.*number/],
  ['an empty stop sequence', { messages: hello, inferenceConfig: { stopSequences: [''] } }, /stopSequences/],
  [
    'a stop sequence of white space',
    { messages: hello, inferenceConfig: { stopSequences: ['\n'] } },
    /non-whitespace/,
  ],
  [
    'an unknown inference member',
    { messages: hello, inferenceConfig: { topK: 5 } },
    /extraneous key \[inferenceConfig\.topK\]/,
  ],
  ['an unknown member', { messages: hello, max_tokens: 5 }, /extraneous key \[max_tokens\]/],
  [
    'metadata outside the charset',
    { messages: hello, requestMetadata: { key: 'a;b' } },
    /requestMetadata.*pattern/,
  ],
  ['empty metadata', { messages: hello, requestMetadata: {} }, /requestMetadata.*length/],
  ['an unknown service tier', { messages: hello, serviceTier: { type: 'scale' } }, /serviceTier\.type.*enum/],
  [
    'tools without a tool',
    { messages: hello, toolConfig: { tools: [] } },
    /tools field in the toolConfig object is empty/,
  ],
  [
    'a choice of no tool',
    { messages: hello, toolConfig: { ...toolConfig, toolChoice: { none: {} } } },
    /must set one of the following keys: auto/,
  ],
  [
    'tool blocks without tools',
    { messages: [question, said('assistant', toolUse), said('user', toolResult)] },
    /toolConfig field must be defined/,
  ],
  [
    'a tool use without its result',
    { messages: [question, said('assistant', toolUse), question], toolConfig },
    /Expected toolResult blocks at messages\.2\.content.*tooluse_1/,
  ],
  [
    'a result nobody asked for',
    { messages: [said('user', toolResult)], toolConfig },
    /exceeds the number of toolUse blocks/,
  ],
  ['two turns of one role', { messages: [...hello, ...hello] }, /alternate between user and assistant/],
  [
    'an instruction between two turns of the user',
    { messages: [question, said('system', { text: 'be brief' }), question] },
    /role 'system' must follow a 'user' message/,
  ],
  [
    'an instruction after an answer',
    { messages: [question, said('assistant', { text: 'hm' }), said('system', { text: 'be brief' })] },
    /role 'system' must follow a 'user' message/,
  ],
  ['a body that is a list', [], /Malformed input request/],
];

t.test('Converse refuses, in the words of the service,', async (t) => {
  const simulator = await start(t);
  for (const [why, body, text] of REFUSED) {
    const answer = await post(simulator, PATH, body);
    t.equal(answer.response.status, 400, why);
    t.equal(answer.response.headers.get('x-amzn-errortype'), 'ValidationException', why);
    t.match(JSON.parse(answer.body).message, text, why);
  }
  const entries = simulator.journal.entries();
  t.equal(entries.length, REFUSED.length);
  t.ok(entries.every((entry) => entry.status === 'ValidationException' && entry.usage === null));
});

t.test('Converse takes what the service takes', async (t) => {
  const simulator = await start(t);
  const fine: [why: string, body: unknown][] = [
    [
      'zeros and ones at the limits',
      { messages: hello, inferenceConfig: { maxTokens: 1, temperature: 0, topP: 1 } },
    ],
    ['a system turn at the end', { messages: [...hello, said('system', { text: 'be brief' })] }],
    [
      'a system turn before an answer',
      {
        messages: [
          ...hello,
          said('system', { text: 'be brief' }),
          said('assistant', { text: 'hm' }),
          ...hello,
        ],
      },
    ],
    ['null for what is absent', { messages: hello, system: null, inferenceConfig: null, toolConfig: null }],
    [
      'a tool used and answered',
      { messages: [question, said('assistant', toolUse), said('user', toolResult)], toolConfig },
    ],
    [
      'fields for the model',
      { messages: hello, additionalModelRequestFields: { top_k: 5 }, requestMetadata: { key: 'a b:c' } },
    ],
  ];
  for (const [why, body] of fine) {
    const answer = await post(simulator, PATH, body);
    t.equal(answer.response.status, 200, `${why}: ${answer.body}`);
  }
});

t.test('a body that is no JSON is a serialization error, and one too long is refused', async (t) => {
  const simulator = await start(t);
  const broken = await post(simulator, PATH, '{"messages":');
  t.equal(broken.response.headers.get('x-amzn-errortype'), 'SerializationException');
  t.equal(broken.response.status, 400);
  const long = await post(simulator, PATH, ' '.repeat(33 * 1024 * 1024));
  t.equal(long.response.status, 413);
});

t.test('only the shape of the authorization counts, and only its scheme is kept', async (t) => {
  const simulator = await start(t);
  const scope = '20261123/us-east-1/bedrock/aws4_request';
  const sigv4 = (credential: string, signed = 'host;x-amz-date') =>
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${SIGNATURE}`;
  const cases: [authorization: string, status: number, type: string | null][] = [
    ['', 403, 'MissingAuthenticationTokenException'],
    ['Basic eDp5', 403, 'IncompleteSignatureException'],
    ['Bearer ', 403, 'IncompleteSignatureException'],
    [sigv4('AKID/20261123/us-east-1/bedrock-runtime/aws4_request'), 403, 'InvalidSignatureException'],
    [sigv4(`AKID/${scope}`, 'x-amz-date'), 403, 'IncompleteSignatureException'],
    [sigv4(`AKID/${scope}`), 200, null],
    ['Bearer secret-key', 200, null],
  ];
  for (const [authorization, status, type] of cases) {
    const headers = { authorization, 'x-amz-date': '20261123T000000Z' };
    const { response } = await post(simulator, PATH, { messages: hello }, headers);
    t.equal(response.status, status, authorization);
    t.equal(response.headers.get('x-amzn-errortype'), type, authorization);
    t.match(response.headers.get('x-amzn-requestid'), /^[0-9a-f-]{36}$/);
  }
  const journal = JSON.stringify(simulator.journal.entries());
  t.notMatch(journal, /secret-key|AKID/);
  t.equal(simulator.journal.entries().at(-1)?.headers.authorization, 'Bearer');
});

t.test('an id no model could have, and a path no operation has, are refused', async (t) => {
  const simulator = await start(t);
  for (const id of ['gpt-4', '%E0%A4%A', 'arn%3Aaws%3As3%3A%3A%3Abucket', `anthropic.${'x'.repeat(300)}`]) {
    const { response, body } = await post(simulator, `/model/${id}/converse`, { messages: hello });
    t.equal(response.status, 400, id);
    t.match(JSON.parse(body).message, /model identifier is invalid/, id);
  }
  for (const path of ['/', '/model/', '/model//converse', '/model/a.b/converse/more', '/model/a.b/apply']) {
    const { response } = await post(simulator, path, {});
    t.equal(response.status, 404, path);
    t.equal(response.headers.get('x-amzn-errortype'), 'UnknownOperationException', path);
  }
  t.equal((await fetch(simulator.url + PATH)).status, 404, 'GET');
});

t.test('InvokeModel refuses bodies it cannot answer', async (t) => {
  const simulator = await start(t);
  const anthropic = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 5,
    messages: [{ role: 'user', content: 'x' }],
  };
  const cases: [body: unknown, text: RegExp][] = [
    [{ inputText: 'x' }, /Anthropic, embedding and image bodies only/],
    [{ ...anthropic, messages: [] }, /at least one message/],
    [{ ...anthropic, max_tokens: 0 }, /max_tokens/],
    [{ ...anthropic, messages: [{ role: 'assistant', content: 'x' }] }, /first message/],
    [[], /Malformed/],
  ];
  for (const [body, text] of cases) {
    const answer = await post(simulator, `/model/${MODEL}/invoke`, body);
    t.equal(answer.response.status, 400);
    t.match(JSON.parse(answer.body).message, text);
  }
});
