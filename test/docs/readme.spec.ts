// The commands of the README, run as they stand there, against a gateway.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../helpers/gateway.ts';
import { fences, readDocument, root } from './documents.ts';

const ADDRESS = 'http://localhost:8866';
const SAMPLE_KEY = 'br-someotherkeyvaluexxxxx';
const blocks = fences(readDocument('README.md').text);

t.test('both READMEs have the same commands', async (t) => {
  t.same(fences(readDocument('README_CN.md').text), blocks);
});

t.test('the README leads from the first start to a chat', async (t) => {
  const gateway = await startTestGateway(t);
  const curls = blocks.filter(({ code }) => /^curl /m.test(code)).map(({ code }) => parseCurl(code));
  const answers = blocks.filter(({ language }) => language === 'json').map(({ code }) => code.trim());
  t.equal(curls.length, 3);
  const [list, apply, chat] = curls;
  const variables = new Map([['$ADMIN_API_KEY', ADMIN_API_KEY]]);
  const send = (command: Curl | undefined) => run(command, gateway.url, variables);

  t.equal(await send(list), answers[0], 'the empty list, byte for byte');
  const applied = await send(apply);
  const [secret = ''] = /br-\w{40}/.exec(applied) ?? [];
  t.equal(applied.replace(secret, SAMPLE_KEY), answers[1], 'the first admin user, byte for byte');
  variables.set('$BR_API_KEY', secret);
  t.match(await send(chat), /^data: \{"id":"chatcmpl-.*data: \[DONE\]\n\n$/s, 'a streamed answer');

  const snippet = blocks.find(({ language }) => language === 'js')?.code ?? '';
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', snippet.replace(ADDRESS, gateway.url)],
    { cwd: root, env: { ...process.env, NODE_OPTIONS: '', BR_API_KEY: secret } },
  );
  t.ok(stdout.length > 10, 'the OpenAI SDK prints an answer');
  await gateway.recorded(2);
  const sessions = await gateway.api('GET', '/user/session/list', { key: secret });
  t.equal(sessions.body.data.items[0].key, 'my-first-session');
});

interface Curl {
  method: string;
  url: string;
  headers: string[];
  body: string | undefined;
}

function parseCurl(code: string): Curl {
  const command = code.replaceAll('\\\n', ' ').match(/^curl .*/m)?.[0] ?? '';
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  const valuesOf = (flag: string) => words.filter((_, index) => words[index - 1] === flag);
  const [body] = valuesOf('-d');
  return {
    method: valuesOf('-X')[0] ?? (body === undefined ? 'GET' : 'POST'),
    url: words.find((word) => word.startsWith(ADDRESS)) ?? '',
    headers: valuesOf('-H'),
    body,
  };
}

async function run(command: Curl | undefined, address: string, variables: ReadonlyMap<string, string>) {
  if (command === undefined) throw new Error('the README lacks a command');
  const { method, url, headers, body } = command;
  const expand = (text: string) =>
    [...variables].reduce((all, [name, value]) => all.replace(name, value), text);
  const response = await fetch(url.replace(ADDRESS, address), {
    method,
    headers: headers.map((header): [string, string] => {
      const [name = '', value = ''] = expand(header).split(': ');
      return [name, value];
    }),
    ...(body !== undefined && { body }),
  });
  return response.text();
}
