// Bodies that are not what they claim, or no bodies at all, on every route that takes one.
import { Readable } from 'node:stream';
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../../helpers/gateway.ts';
import { type RawRequest, rawRequest } from '../../helpers/raw-request.ts';
import { concretePath, routesOf } from '../../helpers/route-table.ts';
import { snapshot } from '../../helpers/snapshot.ts';
import { CHAT } from './bad-bodies.ts';

const MIB = 1024 * 1024;

const isInference = (url: string) => url.startsWith('/v1/');

/** How a route words a refusal. */
function shapeOf(url: string): RegExp {
  if (url.startsWith('/v1/messages')) return /^\{"type":"error","error":\{"type":"/;
  return isInference(url) ? /^\{"error":\{"message":"/ : /^\{"success":false,"data":"/;
}

/** How it says that a body is too large. */
function tooLargeOf(url: string): RegExp {
  if (url.startsWith('/v1/messages')) return /"type":"request_too_large"/;
  return isInference(url) ? /"code":"request_too_large"/ : /"code":"FST_ERR_CTP_BODY_TOO_LARGE"/;
}

/** Things that are no body at all, by what they must be answered. */
function unreadableBodies(): [name: string, request: RawRequest, statuses: number[]][] {
  const json = { 'content-type': 'application/json' };
  const deep = `{"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  const invalid = [
    '{',
    '{"name":}',
    "{'name':'x'}",
    'name=x',
    '{"name":"x"}}',
    '\u0000',
    '{"name":"x",}',
    'NaN',
    'undefined',
  ];
  const notObjects = ['null', '[]', '5', '"text"', 'true', '[{"name":"x"}]'];
  return [
    ...invalid.map((body): [string, RawRequest, number[]] => [
      `invalid JSON ${body}`,
      { headers: json, body },
      [400],
    ]),
    ...notObjects.map((body): [string, RawRequest, number[]] => [
      `not an object ${body}`,
      { headers: json, body },
      [400],
    ]),
    ['an empty body', { headers: json, body: '' }, [400]],
    ['no body', {}, [400]],
    ['__proto__', { headers: json, body: '{"name":"x","id":1,"__proto__":{"role":"admin"}}' }, [400]],
    [
      'an escaped __proto__',
      { headers: json, body: '{"name":"x","id":1,"\\u005f_proto__":{"role":"admin"}}' },
      [400],
    ],
    [
      'constructor.prototype',
      { headers: json, body: '{"name":"x","constructor":{"prototype":{"role":"admin"}}}' },
      [400],
    ],
    ['1e400', { headers: json, body: '{"id":1e400,"balance":1e400,"name":1e400,"max_tokens":1e400}' }, [400]],
    ['200,000 levels', { headers: json, body: deep }, [400]],
    ['a NUL in a name of a member', { headers: json, body: '{"a\\u0000b":1}' }, [400]],
    ['a lone surrogate in a name of a member', { headers: json, body: '{"\\ud800":1}' }, [400]],
    [
      'broken UTF-8',
      { headers: json, body: Buffer.from([...Buffer.from('{"name":"'), 0xff, 0xfe, 0x22, 0x7d]) },
      [400, 200],
    ],
    ['text/plain', { headers: { 'content-type': 'text/plain' }, body: '{"name":"x"}' }, [415]],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'name=x' }, [415]],
    [
      'a multipart form',
      { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
      [415],
    ],
    ['XML', { headers: { 'content-type': 'application/xml' }, body: '<name/>' }, [415]],
    ['another JSON', { headers: { 'content-type': 'application/jsonx' }, body: '{"name":"x"}' }, [415]],
    ['an unreadable type', { headers: { 'content-type': ';;;' }, body: '{"name":"x"}' }, [415]],
    ['a body without a type', { headers: { 'transfer-encoding': 'chunked' }, body: '{"name":"x"}' }, [415]],
  ];
}

t.test('unreadable bodies are refused on every route, in its own shape, and store nothing', async (t) => {
  const lines: string[] = [];
  const gateway = await startTestGateway(t, { onLogLine: (line) => lines.push(line) });
  const key = await gateway.createKey();
  const before = await snapshot(gateway.database);
  const posts = routesOf(gateway.app).filter(({ method }) => method === 'POST');
  t.ok(posts.length >= 7);
  const faults: string[] = [];
  for (const { url } of posts)
    for (const [name, request, statuses] of unreadableBodies()) {
      const authorization = `Bearer ${isInference(url) ? key.secret : ADMIN_API_KEY}`;
      const answer = await rawRequest(gateway.url, concretePath(url), {
        method: 'POST',
        ...request,
        headers: { ...request.headers, authorization },
      });
      // A name with replacement characters is a name.
      if (answer.status === 200 && /\/(apply|create)$/.test(url) && statuses.includes(200)) continue;
      if (
        answer.status === 200 ||
        !statuses.includes(answer.status) ||
        !shapeOf(url).test(answer.text) ||
        answer.text.length > 1000
      )
        faults.push(`${url}, ${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  t.same(faults, []);
  const after = await snapshot(gateway.database);
  const named = { virtual_key: '', wallet: '', key_group: '', group_wallet: '', audit_log: '' };
  t.same({ ...after, ...named }, { ...before, ...named }, 'nothing is stored');
  t.same(gateway.simulator.journal.entries(), []);
  const failures = lines.filter((line) => /"level":(50|60)/.test(line));
  // Which a busy machine may have without any request.
  const ours = failures.filter((line) => !line.includes('housekeeping failed'));
  t.same(ours, [], 'bad input is not our failure');
});

/** A body that is never whole: only its beginning is sent until it is refused. */
function endless(bytes: number): Readable {
  const piece = Buffer.alloc(MIB / 4, ' ');
  let sent = 0;
  return new Readable({
    read() {
      sent += piece.length;
      this.push(sent > bytes ? null : piece);
    },
  });
}

t.test('a body over the limit is 413, announced or not; one within it is read', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const before = await snapshot(gateway.database);
  // What takes files has its own limits: its own tests tell.
  const posts = routesOf(gateway.app).filter(
    ({ method, url }) => method === 'POST' && !/\/import$/.test(url),
  );
  for (const { url } of posts) {
    const limit = isInference(url) ? 32 * MIB : MIB;
    const headers = {
      authorization: `Bearer ${isInference(url) ? key.secret : ADMIN_API_KEY}`,
      'content-type': 'application/json',
    };
    const announced = await rawRequest(gateway.url, url, {
      method: 'POST',
      headers: { ...headers, 'content-length': limit + 1, connection: 'close' },
      body: endless(0),
    }).catch((error: NodeJS.ErrnoException) => error.code);
    const chunked = await rawRequest(gateway.url, url, {
      method: 'POST',
      headers: { ...headers, 'transfer-encoding': 'chunked', connection: 'close' },
      body: endless(limit + MIB),
    });
    for (const answer of [announced, chunked]) {
      t.match(answer, { status: 413 }, url);
      if (typeof answer !== 'object') continue;
      t.match(answer.text, tooLargeOf(url));
    }
    const filler = ' '.repeat(limit - 2);
    const within = await rawRequest(gateway.url, url, { method: 'POST', headers, body: `{${filler}}` });
    t.equal(within.status, 400, 'exactly the limit is read, and found to be empty');
  }
  t.same(await snapshot(gateway.database), before);
});

t.test('who is not let in is not listened to: 401 and 403 come before the body', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const answer = await rawRequest(gateway.url, '/admin/api-key/apply', {
    method: 'POST',
    headers: { 'content-type': 'application/xml', authorization: `Bearer ${key.secret}` },
    body: '<not json',
  });
  t.equal(answer.status, 403);
  const nobody = await rawRequest(gateway.url, CHAT, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': 40 * MIB, connection: 'close' },
    body: '{',
  }).catch((error: NodeJS.ErrnoException) => error.code);
  t.match(nobody, { status: 401 });
});
