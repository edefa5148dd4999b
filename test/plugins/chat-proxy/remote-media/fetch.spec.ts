// Fetching what a stranger's URL names, from a real https server; only the name server and the rule of what is public
// are the test's own, because everything here is on the loopback.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { type ChatRequest, PLAIN_REQUEST } from '../../../../src/canonical/request.ts';
import { createRemoteMedia, type FetchRules } from '../../../../src/plugins/chat-proxy/remote-media/index.ts';
import { isPublicAddress } from '../../../../src/plugins/chat-proxy/remote-media/public-addresses.ts';
import { MAX_BYTES, PDF, PNG, startPictureServer } from './picture-server.ts';

const NEVER = new AbortController().signal;
const BY = { keyId: 1, signal: NEVER };

const image = (url: string, path = 'messages[0].content[0].image_url.url') => ({
  kind: 'image' as const,
  source: { kind: 'url' as const, url },
  path,
});

const asking = (...content: ChatRequest['turns'][number]['content']): ChatRequest => ({
  ...PLAIN_REQUEST,
  model: 'm',
  turns: [{ role: 'user', content }],
});

async function start(t: Test, rules: Partial<FetchRules> = {}) {
  const server = await startPictureServer(t);
  const names: string[] = [];
  const media = createRemoteMedia({
    isEnabled: true,
    rules: {
      ca: server.ca,
      maxBytes: MAX_BYTES,
      resolve: async (name) => {
        names.push(name);
        return ['127.0.0.1'];
      },
      isAllowed: (address) => address === '127.0.0.1' || isPublicAddress(address),
      ...rules,
    },
  });
  const refusalOf = async (request: ChatRequest, signal = NEVER): Promise<Refusal> => {
    const outcome = await media.fill(request, { ...BY, signal }).catch((error: unknown) => error);
    if (outcome instanceof Refusal) return outcome;
    throw new Error(`not refused: ${JSON.stringify(outcome)}`);
  };
  return { server, media, names, refusalOf };
}

t.test('pictures and documents are put in the place of their URLs, wherever they stand', async (t) => {
  const { server, media, names } = await start(t);
  const text = { kind: 'text' as const, text: 'What is this?' };
  const inResult = image(`${server.origin}/untyped`, 'messages[1].content[0]');
  const document = {
    kind: 'document' as const,
    format: 'pdf' as const,
    name: null,
    base64: '',
    url: `${server.origin}/paper.pdf`,
    path: 'messages[0].content[2]',
  };
  const result = {
    kind: 'tool-result' as const,
    toolUseId: 'c1',
    content: [inResult],
    isError: null,
    path: 'messages[1]',
  };
  const request = asking(text, image(`${server.origin}/cat.png`), document, result);
  t.equal(media.isNeeded(request), true);
  const bytes = { kind: 'bytes', format: 'png', base64: PNG };
  t.same((await media.fill(request, BY)).turns[0]?.content, [
    text,
    { ...image(''), source: bytes },
    { ...document, base64: PDF, url: undefined },
    { ...result, content: [{ ...inResult, source: bytes }] },
  ]);
  t.equal(names.length, 3, 'a name is asked for once for each URL');
  t.equal(media.isNeeded(asking(text)), false);
});

t.test('what cannot be fetched is refused by its path, and says no address', async (t) => {
  const { server, refusalOf } = await start(t, { totalMs: 400 });
  const rows: [path: string, message: RegExp][] = [
    ['/redirect', /redirects/],
    ['/slow', /took too long/],
    ['/big', /larger than 2000 bytes/],
    ['/says-big', /larger than 2000 bytes/],
    ['/page', /no PNG, JPEG, GIF or WebP/],
    ['/no-picture', /no PNG, JPEG, GIF or WebP/],
    ['/paper.pdf', /no PNG, JPEG, GIF or WebP/],
    ['/missing', /status 404/],
  ];
  for (const [path, message] of rows) {
    const refusal = await refusalOf(asking(image(server.origin + path)));
    t.match(refusal, { kind: 'invalid_value', param: 'messages[0].content[0].image_url.url', message }, path);
    t.notMatch(refusal.message, /127\.0\.0\.1/);
  }
  t.notOk(server.asked.includes('/cat.png'), 'a redirect is not followed');
});

t.test('a host that is not public is never connected to', async (t) => {
  const { server, refusalOf } = await start(t, {
    isAllowed: isPublicAddress,
    resolve: async (name) =>
      name === 'mixed.example'
        ? ['93.184.216.34', '127.0.0.1']
        : name === 'mapped.example'
          ? ['::ffff:127.0.0.1']
          : ['127.0.0.1'],
  });
  const hosts = [
    '169.254.169.254',
    'pictures.example',
    'mixed.example',
    'mapped.example',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '[64:ff9b::7f00:1]',
    '[fd00:ec2::254]',
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '10.0.0.1',
  ];
  for (const host of hosts) {
    const refusal = await refusalOf(asking(image(`https://${host}:${server.port}/cat.png`)));
    t.match(refusal, { kind: 'invalid_value', message: /not on the public network/ }, host);
  }
  t.same(server.asked, []);
});

t.test('the connection goes to the address that was judged, whatever the name says later', async (t) => {
  let asked = 0;
  const { server, media } = await start(t, {
    // The second answer is what an attacker would like us to connect to.
    resolve: async () => [asked++ === 0 ? '127.0.0.1' : '127.0.0.2'],
  });
  await media.fill(asking(image(`${server.origin}/cat.png`)), BY);
  t.equal(asked, 1);
  t.same(server.asked, ['/cat.png']);
});

t.test('other schemes, credentials and unknown hosts are refused', async (t) => {
  const { server, refusalOf } = await start(t, {
    resolve: async (name) => {
      if (name === 'nowhere.example') throw new Error('ENOTFOUND 10.0.0.53');
      return name === 'empty.example' ? [] : ['127.0.0.1'];
    },
  });
  const rows: [url: string, message: RegExp][] = [
    [`http://pictures.example:${server.port}/cat.png`, /not an https URL/],
    ['file:///etc/passwd', /not an https URL/],
    ['https://', /not an https URL/],
    [`https://user:secret@pictures.example:${server.port}/cat.png`, /credentials/],
    ['https://nowhere.example/cat.png', /host is not known/],
    ['https://empty.example/cat.png', /host is not known/],
    // The certificate is of another name.
    [`https://other.example:${server.port}/cat.png`, /cannot be reached over https/],
  ];
  for (const [url, message] of rows) {
    const refusal = await refusalOf(asking(image(url)));
    t.match(refusal, { kind: 'invalid_value', message }, url);
    t.notMatch(refusal.message, /secret|10\.0\.0\.53|127\.0\.0/);
  }
  t.same(server.asked, []);
});

t.test('a name server that never answers is not waited for', async (t) => {
  const { refusalOf } = await start(t, { totalMs: 50, resolve: () => new Promise(() => undefined) });
  t.match(await refusalOf(asking(image('https://pictures.example/cat.png'))), { message: /took too long/ });
});

t.test('the wait for a turn is part of the time, and a client that leaves gives it up', async (t) => {
  const { server, media, refusalOf } = await start(t, { totalMs: 500 });
  const slow = asking(...[1, 2, 3, 4].map(() => image(`${server.origin}/slow`)));
  const busy = refusalOf(slow);
  const left = new AbortController();
  const leaving = refusalOf(asking(image(`${server.origin}/cat.png`)), left.signal);
  const waiting = refusalOf(asking(image(`${server.origin}/dog.png`)));
  await media.fill(asking(image(`${server.origin}/of-another-key.png`)), { ...BY, keyId: 2 });
  left.abort();
  t.match(await Promise.race([leaving, busy.then(() => 'later')]), { message: /took too long/ });
  t.match(await busy, { message: /took too long/ });
  t.match(await waiting, { message: /took too long/ }, 'or it would have waited twice as long');
  t.same([...new Set(server.asked)], ['/slow', '/of-another-key.png']);
});

t.test('the limit passes although garbage was collected meanwhile', { timeout: 10_000 }, async (t) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const { server, refusalOf } = await start(t, { totalMs: 300 });
  const collecting = setInterval(collect, 50);
  t.teardown(() => clearInterval(collecting));
  t.match(await refusalOf(asking(image(`${server.origin}/slow`))), { message: /took too long/ });
});

t.test('more URLs than a request may name are refused before any is fetched', async (t) => {
  const { server, refusalOf } = await start(t);
  const many = Array.from({ length: 21 }, (_, index) =>
    image(`${server.origin}/${index}`, `content[${index}]`),
  );
  t.match(await refusalOf(asking(...many)), { param: 'content[20]', message: /at most 20/ });
  t.same(server.asked, []);
});

t.test('without the setting no URL is fetched', async (t) => {
  const media = createRemoteMedia({ isEnabled: false });
  const filling = media.fill(asking(image('https://pictures.example/cat.png')), BY);
  const error = await filling.catch((reason: unknown) => reason);
  t.match(error, { kind: 'unsupported_value', param: 'messages[0].content[0].image_url.url' });
});
