// Pictures, documents, structured answers and the rest of what a chat may hold, by the official SDK.
import { zodResponseFormat } from 'openai/helpers/zod';
import t from 'tap';
import { z } from 'zod';
import { startTestGateway } from '../helpers/gateway.ts';
import { PDF, PNG } from '../plugins/chat-proxy/remote-media/picture-server.ts';
import { ask, clientOf, MODEL, rejectionOf, sentBy } from './sdk.ts';

t.test('pictures and documents arrive byte for byte', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  await client.chat.completions.create({
    model: MODEL,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          {
            type: 'file',
            file: { file_data: `data:application/pdf;base64,${PDF}`, filename: 'plan.v1.pdf' },
          },
        ],
      },
    ],
  });
  t.match(sentBy(gateway)[0].messages[0].content, [
    { image: { format: 'png', source: { bytes: PNG } } },
    { document: { format: 'pdf', source: { bytes: PDF } } },
    { text: /\S/ },
  ]);
});

t.test('a structured answer is parsed by the SDK', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const Weather = z.object({ city: z.string(), days: z.number().int() });
  for (const model of [MODEL, 'global.anthropic.claude-sonnet-4-5-20250929-v1:0']) {
    const request = { ...ask('Weather?'), model, response_format: zodResponseFormat(Weather, 'weather') };
    const whole = await client.chat.completions.parse(request);
    t.match(whole.choices[0]?.message.parsed, { city: String, days: Number }, model);
    t.equal(whole.choices[0]?.finish_reason, 'stop');
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    t.match(streamed.choices[0]?.message.parsed, { city: String, days: Number }, `${model}, streamed`);
  }
});

t.test('a refusal of the gateway is an error of the SDK, with the field to blame', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  const image = (url: string) => ({
    model: MODEL,
    messages: [{ role: 'user' as const, content: [{ type: 'image_url' as const, image_url: { url } }] }],
  });
  const at = 'messages[0].content[0].image_url.url';
  t.match(await rejectionOf(client.chat.completions.create(image('https://pictures.example/a.png'))), {
    status: 400,
    code: 'unsupported_value',
    param: at,
  });
  t.match(await rejectionOf(client.chat.completions.create(image('http://169.254.169.254/'))), {
    status: 400,
    code: 'invalid_value',
    param: at,
  });
  t.match(await rejectionOf(client.chat.completions.create({ ...ask('Hi'), n: 2 })), {
    status: 400,
    param: 'n',
  });
  t.same(sentBy(gateway), []);
});
