// Images by URL through a whole gateway: when they are fetched, and that a refused one costs nothing.
import t, { type Test } from 'tap';
import { eventually } from '../helpers/eventually.ts';
import { startTestGateway } from '../helpers/gateway.ts';
import { PNG, startPictureServer } from '../plugins/chat-proxy/remote-media/picture-server.ts';
import { limitKey } from '../plugins/limits/limited.ts';
import { MODEL, sentBy } from './sdk.ts';

function asAnthropic({ role, content }: { role: string; content: { image_url: { url: string } }[] }) {
  return {
    role,
    content: content.map(({ image_url: { url } }) => ({ type: 'image', source: { type: 'url', url } })),
  };
}

async function start(t: Test, isOn = true) {
  const pictures = await startPictureServer(t);
  const gateway = await startTestGateway(t, {
    env: isOn ? { REMOTE_IMAGES: 'true' } : {},
    fetchRules: {
      ca: pictures.ca,
      totalMs: 2_000,
      resolve: async () => ['127.0.0.1'],
      isAllowed: (address) => address === '127.0.0.1',
    },
  });
  const request = (url: string, model = MODEL) => ({
    model,
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  });
  return { pictures, gateway, request };
}

t.test('a picture is fetched and sent as bytes, by every dialect', async (t) => {
  const { pictures, gateway, request } = await start(t);
  const key = await gateway.createKey();
  const url = `${pictures.origin}/cat.png`;
  t.equal((await gateway.chat(key, request(url))).status, 200);
  const source = { type: 'url', url };
  const message = { role: 'user', content: [{ type: 'image', source }] };
  const body = { model: MODEL, max_tokens: 64, messages: [message] };
  t.equal((await gateway.api('POST', '/v1/messages', { key: key.secret, body })).status, 200);
  for (const sent of sentBy(gateway))
    t.match(sent.messages[0].content, [{ image: { format: 'png', source: { bytes: PNG } } }]);
  t.equal(sentBy(gateway).length, 2);
  await gateway.recorded(2);
  const { body: thread } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.match(thread.data.whole_prompt, /cat\.png/, 'the record has what the client sent');
});

t.test('a document is fetched for those who can name one', async (t) => {
  const { pictures, gateway } = await start(t);
  const key = await gateway.createKey();
  const source = { type: 'url', url: `${pictures.origin}/paper.pdf` };
  const content = [
    { type: 'document', source },
    { type: 'text', text: 'Sum up' },
  ];
  const body = { model: MODEL, max_tokens: 64, messages: [{ role: 'user', content }] };
  const answer = await gateway.api('POST', '/v1/messages', { key: key.secret, body });
  t.equal(answer.status, 200);
  t.match(sentBy(gateway)[0].messages[0].content[0], { document: { format: 'pdf' } });
});

t.test('what cannot be fetched costs nothing and sends nothing', async (t) => {
  const { pictures, gateway, request } = await start(t);
  const key = await gateway.createKey();
  for (const path of ['/redirect', '/no-picture', '/missing']) {
    const { status, body } = await gateway.chat(key, request(pictures.origin + path));
    t.match({ status, ...body.error }, { status: 400, param: 'messages[0].content[0].image_url.url' }, path);
  }
  t.same(sentBy(gateway), []);
  await eventually(async () => (await gateway.database.sql`select from hold`).length === 0);
  t.equal((await gateway.database.sql`select from usage`).length, 0);
  t.equal(await gateway.auditFaults(), 0);
});

t.test('nothing is fetched for a model that the key may not use, or that is not there', async (t) => {
  const { pictures, gateway, request } = await start(t);
  const key = await gateway.createKey({ allowed_models: ['claude-3-haiku'] });
  const url = `${pictures.origin}/cat.png`;
  t.equal((await gateway.chat(key, request(url))).status, 403);
  t.equal((await gateway.chat(key, request(url, 'no-such-model'))).status, 404);
  t.same(pictures.asked, []);
});

t.test(
  'nothing is fetched for a key without money, and a request that is fetched for counts once',
  async (t) => {
    const { pictures, gateway, request } = await start(t);
    const asked = request(`${pictures.origin}/cat.png`);
    const poor = await gateway.createKey({ month_quota: '0' });
    t.match(await gateway.chat(poor, asked), {
      status: 429,
      body: { error: { code: 'insufficient_quota' } },
    });
    const body = { model: MODEL, messages: asked.messages.map(asAnthropic) };
    const counting = await gateway.api('POST', '/v1/messages/count_tokens', { key: poor.secret, body });
    t.equal(counting.status, 402);
    t.same(pictures.asked, []);
    const key = await gateway.createKey();
    await limitKey(gateway, key, { requests: 2, parallel: 1 });
    t.equal((await gateway.chat(key, asked)).status, 200);
    t.equal(
      (await gateway.chat(key, request(`${pictures.origin}/missing`))).status,
      400,
      'which counts as well',
    );
    t.match(await gateway.chat(key, asked), {
      status: 429,
      body: { error: { code: 'rate_limit_exceeded' } },
    });
    t.same(pictures.asked, ['/cat.png', '/missing']);
    await eventually(async () => (await gateway.database.sql`select from hold`).length === 0);
    const [row] = await gateway.database.sql`select count(*)::int as rows from usage`;
    t.equal(row?.rows, 1);
    t.equal(await gateway.auditFaults(), 0);
  },
);

t.test('without the setting nothing is fetched', async (t) => {
  const { pictures, gateway, request } = await start(t, false);
  const answer = await gateway.chat(await gateway.createKey(), request(`${pictures.origin}/cat.png`));
  t.match(answer, { status: 400, body: { error: { code: 'unsupported_value' } } });
  t.same(pictures.asked, []);
});
