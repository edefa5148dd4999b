// What is kept of a key's conversations. Its money always is.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

const WORD = 'canary7b1d';

for (const stream of [false, true]) {
  const how = stream ? 'streamed' : 'not streamed';
  t.test(`with logging off nothing of a conversation is kept but its money (${how})`, async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ logging: 'off' });
    const messages = [{ role: 'user', content: WORD }];
    await gateway.chat(key, { messages, stream }, { 'Session-Id': `s-${WORD}` });
    await gateway.recorded(1);
    const { sql } = gateway.database;
    const [counts] =
      await sql`select (select count(*)::int from usage) as usage, (select count(*)::int from thread) as
      thread, (select count(*)::int from thread_text) as text, (select count(*)::int from session) as session`;
    t.same(counts, { usage: 1, thread: 0, text: 0, session: 0 });
    const [thread] = (await gateway.admin('GET', '/admin/thread/list')).body.data.items;
    t.match(thread, { key_id: key.id, session_id: null, prompt: '', completion: '', status: 'ok' });
    t.ok(Number(thread.fee) > 0);
    const { data } = (await gateway.admin('GET', `/admin/thread/detail/${thread.id}`)).body;
    t.match(data, { prompt: '', completion: '', whole_prompt: '[]', session_key: null });
    t.equal(await gateway.auditFaults(), 0);
  });

  t.test(`with metadata a session and a thread are kept, and not a word (${how})`, async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ logging: 'metadata' });
    const messages = [
      { role: 'system', content: WORD },
      { role: 'user', content: WORD },
    ];
    for (let round = 0; round < 3; round += 1)
      await gateway.chat(key, { messages, stream }, { 'Session-Id': 'talk' });
    await gateway.recorded(3);
    const [session] = (await gateway.admin('GET', '/admin/session/list')).body.data.items;
    t.match(session, { key: 'talk', title: '', key_id: key.id });
    t.ok(Number(session.total_fee) > 0);
    const list = (await gateway.admin('GET', `/admin/thread/list?session_id=${session.id}`)).body.data;
    t.equal(list.total, '3');
    for (const row of list.items) t.match(row, { prompt: '', completion: '' });
    for (const table of ['thread', 'thread_text', 'session', 'usage', 'ledger', 'hold', 'audit_log']) {
      const [found] = await gateway.database
        .sql`select count(*)::int as hits from ${gateway.database.sql(table)} r where r::text like ${`%${WORD}%`}`;
      t.equal(found?.hits, 0, table);
    }
    const [texts] = await gateway.database.sql`select count(*)::int as count from thread_text`;
    t.equal(texts?.count, 0);
  });
}

t.test('the switch counts from the next request on, for each key alone', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const other = await gateway.createKey();
  const say = (who: typeof key, content: string) =>
    gateway.chat(who, { messages: [{ role: 'user', content }] });
  await say(key, 'kept');
  await gateway.admin('POST', '/admin/api-key/update', { id: key.id, logging: 'off' });
  await Promise.all([say(key, 'forgotten'), say(other, 'kept too')]);
  await gateway.admin('POST', '/admin/api-key/update', { id: key.id, logging: 'full' });
  await say(key, 'kept again');
  await gateway.recorded(4);
  const { items } = (await gateway.admin('GET', '/admin/thread/list')).body.data;
  t.same(items.map(({ prompt }: { prompt: string }) => prompt).sort(), [
    '',
    'kept',
    'kept again',
    'kept too',
  ]);
});
