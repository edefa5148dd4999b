// The record keeps what was said to the letter, and of bytes only their kind and size.
import fc from 'fast-check';
import t from 'tap';
import { recordMessages } from '../../../src/plugins/chat-proxy/cut-media.ts';

const BYTES = Buffer.alloc(3_000, 7);
const BASE64 = BYTES.toString('base64');
const said = (content: unknown) => [{ role: 'user', content }];

t.test('bytes of every dialect leave their kind and size', async (t) => {
  const parts: [object, unknown][] = [
    [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } },
      { type: 'image_url', image_url: { url: '[image/png, 3000 bytes]' } },
    ],
    [
      { type: 'input_image', image_url: `data:image/webp;base64,${BASE64}` },
      { type: 'input_image', image_url: '[image/webp, 3000 bytes]' },
    ],
    [
      { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${BASE64}` } },
      { type: 'file', file: { filename: 'a.pdf', file_data: '[application/pdf, 3000 bytes]' } },
    ],
    [
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: BASE64 } },
      {
        type: 'image',
        source: { type: 'base64', media_type: 'image/jpeg', data: '[image/jpeg, 3000 bytes]' },
      },
    ],
    [
      {
        type: 'tool_result',
        content: [{ type: 'image', source: { media_type: 'image/gif', data: BASE64 } }],
      },
      {
        type: 'tool_result',
        content: [{ type: 'image', source: { media_type: 'image/gif', data: '[image/gif, 3000 bytes]' } }],
      },
    ],
    [
      { type: 'thinking', thinking: 'hm', signature: BASE64 },
      { type: 'thinking', thinking: 'hm', signature: '[3000 bytes]' },
    ],
  ];
  for (const [sent, kept] of parts) t.same(JSON.parse(recordMessages(said([sent]))), said([kept]));
});

t.test('texts, arguments and addresses are kept to the letter, however long', async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 2_000 }),
    fc.constant(BASE64),
    fc.constant(`data:image/png;base64,${BASE64}`),
  );
  fc.assert(
    fc.property(text, text, (words, more) => {
      const messages = [
        { role: 'user', content: words },
        { role: 'user', content: [{ type: 'text', text: words }] },
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: `https://example.com/${'a'.repeat(600)}` } }],
        },
        { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: more } }] },
        { role: 'tool', tool_call_id: 'c', content: more },
      ];
      return recordMessages(messages) === JSON.stringify(messages);
    }),
  );
});
