// The seed README, steps 4 and 5 and its API specification, request by request as a reader pastes them.
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../../helpers/gateway.ts';
import { rawRequest } from '../../helpers/raw-request.ts';

t.test('steps 4 and 5: an empty list, then the first admin user, byte for byte', async (t) => {
  const gateway = await startTestGateway(t);
  const headers = { authorization: `Bearer ${ADMIN_API_KEY}` };
  const list = await rawRequest(gateway.url, '/admin/api-key/list', { headers });
  t.equal(list.status, 200);
  t.equal(list.text, '{"success":true,"data":{"items":[],"total":"0","limit":20,"offset":0}}');
  t.match(list.headers['content-type'], /^application\/json/);

  const apply = await rawRequest(gateway.url, '/admin/api-key/apply', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{"name": "adminuser","group_id": 1,"role": "admin","email": "", "month_quota":"20"}',
  });
  t.equal(apply.status, 200);
  t.equal(
    apply.text.replace(/br-[0-9A-Za-z]{40}/, 'br-someotherkeyvaluexxxxx'),
    '{"success":true,"data":{"id":1,"name":"adminuser","email":"","api_key":"br-someotherkeyvaluexxxxx","role":"admin","month_quota":"20.0000000000","balance":"0.0000000000"}}',
  );
});

t.test('step 6: the first admin user chats and administers with the new key', async (t) => {
  const gateway = await startTestGateway(t);
  const rob = await gateway.createKey({
    name: 'rob',
    group_id: 1,
    role: 'admin',
    email: '',
    month_quota: '20',
  });
  const chat = await gateway.api('POST', '/v1/chat/completions', {
    key: rob.secret,
    body: {
      model: 'claude-3-sonnet',
      messages: [{ role: 'user', content: 'ping' }],
      stream: true,
      temperature: 1,
      max_tokens: 4096,
    },
  });
  t.equal(chat.status, 200);
  t.match(chat.body, /^data: \{.*\n\ndata: \[DONE\]\n\n$/s);
  const list = await gateway.api('GET', '/admin/api-key/list', { key: rob.secret });
  t.equal(list.body.data.total, '1');
});

t.test('the API specification of the README works as printed', async (t) => {
  const gateway = await startTestGateway(t);
  const jack = await gateway.admin('POST', '/admin/api-key/apply', {
    name: 'jack',
    group_id: 1,
    role: 'user',
    email: '',
    month_quota: 1.0,
  });
  t.match(jack.body.data, { id: 1, month_quota: '1.0000000000' });
  const rob = await gateway.admin('POST', '/admin/api-key/apply', {
    name: 'rob',
    group_id: 1,
    role: 'admin',
    email: '',
  });
  t.match(rob.body.data, { id: 2, role: 'admin', month_quota: '0.0000000000', balance: '0.0000000000' });
  const renamed = await gateway.admin('POST', '/admin/api-key/update', {
    id: 2,
    name: '张三',
    month_quota: 10.0,
  });
  t.same(renamed.body, {
    success: true,
    data: {
      id: 2,
      name: '张三',
      email: '',
      role: 'admin',
      month_quota: '10.0000000000',
      balance: '0.0000000000',
    },
  });
  const recharged = await gateway.admin('POST', '/admin/api-key/recharge', {
    api_key: jack.body.data.api_key,
    balance: 0.23,
  });
  t.match(recharged.body, { success: true, data: { id: 1, balance: '0.2300000000' } });
  const lists = [
    '/admin/payment/list?key_id=',
    '/admin/api-key/list?q=&limit=10&offset=',
    '/admin/session/list?q=&limit=10&offset=&key_id=',
    '/admin/thread/list?q=&limit=10&offset=&key_id=&session_id=',
  ];
  for (const path of lists) {
    const { status, body } = await gateway.admin('GET', path);
    t.equal(status, 200, path);
    t.same(Object.keys(body.data), ['items', 'total', 'limit', 'offset']);
    t.equal(body.data.limit, path.includes('limit') ? 10 : 20);
    t.equal(body.data.offset, 0);
  }
  const key = jack.body.data.api_key;
  const id = { 'Session-Id': 'a chat'.replace(' ', '-') };
  await gateway.chat({ id: 1, secret: key }, {}, id);
  await gateway.recorded(1);
  for (const path of [
    '/user/session/list?q=&limit=10&offset=',
    '/user/session/detail/1',
    '/user/thread/list?q=&limit=10&offset=&session_id=',
    '/user/thread/detail/1',
  ])
    t.match(await gateway.api('GET', path, { key }), { status: 200, body: { success: true } }, path);
});
