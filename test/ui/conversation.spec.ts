// The console's reading of messages and answers: every dialect's parts by what they are, the unknown as it is.
import fc from 'fast-check';
import t from 'tap';
import { type Part, readAnswer, readMessages } from '../../ui/src/format/conversation.ts';
import { settingsFormOf, toRequestSettings } from '../../ui/src/format/request-settings.ts';

const partsOf = (message: object) => readMessages(JSON.stringify([message]))?.[0]?.parts;

t.test('calls, results, thoughts and attachments of each dialect are what they are', async (t) => {
  const cases: [object, Part[]][] = [
    [{ role: 'user', content: 'Hi' }, [{ kind: 'text', text: 'Hi' }]],
    [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      [{ kind: 'call', name: 'f', input: '{\n  "a": 1\n}' }],
    ],
    [
      { role: 'tool', tool_call_id: 'c', content: '21' },
      [{ kind: 'result', id: 'c', parts: [{ kind: 'text', text: '21' }] }],
    ],
    [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: '[image/png, 9 bytes]' } }] },
      [{ kind: 'media', what: '[image/png, 9 bytes]' }],
    ],
    [
      { role: 'user', content: [{ type: 'file', file: { filename: 'a.pdf', file_data: '[x, 1 bytes]' } }] },
      [{ kind: 'media', what: 'a.pdf' }],
    ],
    [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'tool_use', id: 'c', name: 'f', input: {} },
        ],
      },
      [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'call', name: 'f', input: '{}' },
      ],
    ],
    [
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: '21' }] },
          {
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: '[image/png, 9 bytes]' },
          },
          { type: 'document', title: 'Report', source: { type: 'base64', data: 'x' } },
        ],
      },
      [
        { kind: 'result', id: 'c', parts: [{ kind: 'text', text: '21' }] },
        { kind: 'media', what: '[image/png, 9 bytes]' },
        { kind: 'media', what: 'Report' },
      ],
    ],
    [
      { type: 'function_call', name: 'f', arguments: '{', call_id: 'c' },
      [{ kind: 'call', name: 'f', input: '"{"' }],
    ],
    [
      { role: 'user', content: [{ type: 'hologram' }] },
      [{ kind: 'other', json: '{\n  "type": "hologram"\n}' }],
    ],
  ];
  for (const [message, parts] of cases) t.same(partsOf(message), parts, JSON.stringify(message));
  t.same(readAnswer('[{"kind":"redacted-reasoning","bytes":9}]'), [{ kind: 'hidden', bytes: 9 }]);
  t.equal(readMessages('not json'), undefined);
});

t.test('whatever stands there, every message is shown', async () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (messages) => {
      readAnswer(JSON.stringify(messages));
      return readMessages(JSON.stringify(messages))?.length === messages.length;
    }),
  );
});

t.test('settings that nobody touched are what they were, also what the form does not show', async (t) => {
  for (const settings of [
    {},
    { service_tier: 'flex', latency: 'optimized' },
    { guardrail: { id: 'a1', version: 'DRAFT', trace: 'enabled', stream_mode: 'async' } },
  ] as const)
    t.same(toRequestSettings(settingsFormOf(settings)), settings);
});
