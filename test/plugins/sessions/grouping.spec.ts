// Conversations that no `Session-Id` names: found by what their clients say of them, or by how they began.
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

type Message = { role: string; content: string };

function talker(gateway: TestGateway, key: NewKey) {
  let count = 0;
  return async (messages: Message[], answer: string, headers: Record<string, string> = {}, body = {}) => {
    gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: answer } });
    const { status } = await gateway.chat(key, { messages, ...body }, headers);
    if (status !== 200) throw new Error(`chat answered ${status}`);
    count += 1;
    await gateway.recorded(count);
  };
}
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const threadsOf = async (gateway: TestGateway, key: NewKey) =>
  (await gateway.api('GET', '/user/thread/list?orderBy=id-0', { key: key.secret })).body.data.items.map(
    (row: { session_id: number | null }) => row.session_id,
  );
const sessionsOf = async (gateway: TestGateway, key: NewKey) =>
  (await gateway.api('GET', '/user/session/list?orderBy=id-0', { key: key.secret })).body.data.items;

t.test('turns that follow each other are one session, from the first on, and it has a title', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const say = talker(gateway, key);
  await say([user('Tell me of the sea')], ' It is wide.\n');
  t.same(await threadsOf(gateway, key), [null], 'one question alone is no conversation');
  const second = [user('Tell me of the sea'), assistant('It is wide.'), user('How deep?')];
  await say(second, 'Deep.');
  await say([...second, assistant('Deep.'), user('Thanks')], 'Yes.');
  t.same(await threadsOf(gateway, key), [1, 1, 1]);
  t.match(await sessionsOf(gateway, key), [
    { origin: 'turns', key: /^turns:[0-9a-f]{32}$/, title: 'Tell me of the sea' },
  ]);
});

t.test('the same question twice, and a prompt that brings examples, are no conversation', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const say = talker(gateway, key);
  await say([user('ping')], 'pong one');
  await say([user('ping')], 'pong two');
  const examples = [user('good'), assistant('positive'), user('bad'), assistant('negative')];
  await say([...examples, user('fine')], 'positive');
  await say([...examples, user('poor')], 'negative');
  t.same(await threadsOf(gateway, key), [null, null, null, null]);
  await say([user('ping'), assistant('pong two'), user('again')], 'pong');
  t.same(await threadsOf(gateway, key), [null, 1, null, null, 1], 'told apart by their answers');
});

t.test('what clients call their chats groups them, apart from any Session-Id and per key', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const say = talker(gateway, key);
  const uuid = '0b52a1d9-7c3e-4f0a-9f5d-2f1f8f0b6c11';
  await say([user('a')], 'A title that an agent asked for', { 'x-claude-code-session-id': uuid });
  await say([user('b')], 'B', { 'Session-Id': `claude-code:${uuid}` });
  await say([user('c')], 'C', { 'X-OpenWebUI-Chat-Id': 'chat-1' });
  await say([user('d')], 'D', {}, { prompt_cache_key: 'ada@example.com' });
  await say([user('e')], 'E', {}, { prompt_cache_key: 'ada@example.com' });
  await say([user('f')], 'F', { 'x-claude-code-session-id': uuid });
  t.same(await threadsOf(gateway, key), [1, 2, 3, 4, 4, 1]);
  const sessions = await sessionsOf(gateway, key);
  t.match(sessions, [
    { origin: 'claude-code', key: `claude-code:${uuid}`, title: 'a' },
    { origin: 'header', key: `claude-code:${uuid}`, title: 'B' },
    { origin: 'chat', key: 'chat:chat-1' },
    { origin: 'cache', key: /^cache:[0-9a-f]{32}$/, title: 'd' },
  ]);
});

t.test(
  'with metadata, a chat that its client names is a session; how others began is not kept',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ logging: 'metadata' });
    const say = talker(gateway, key);
    await say([user('a')], 'A');
    await say([user('a'), assistant('A'), user('b')], 'B');
    await say([user('c')], 'C', { 'X-OpenWebUI-Chat-Id': 'chat-1' });
    t.same(await threadsOf(gateway, key), [null, null, 1]);
    const [kept] = await gateway.database.sql`select count(opening)::int as openings from thread`;
    t.equal(kept?.openings, 0);
  },
);
