// Groups, as far as they go today: the default one is there, keys may join it, unknown ones are refused.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

t.test(
  'the default group exists from the first migration, and is found and paged like any list',
  async (t) => {
    const gateway = await startTestGateway(t);
    const list = async (query: string) => (await gateway.admin('GET', `/admin/group/list?${query}`)).body;
    t.same(await list(''), {
      success: true,
      data: { items: [{ id: 1, name: 'default' }], total: '1', limit: 20, offset: 0 },
    });
    t.equal((await list('q=FAULT')).data.total, '1');
    t.equal((await list('q=%25')).data.total, '0');
    t.same((await list('offset=1')).data.items, []);
  },
);

t.test('a key joins a group, leaves it with 0, and is refused an unknown one', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ group_id: 1 });
  const groupOf = async () =>
    (await gateway.admin('GET', `/admin/api-key/detail/${key.id}`)).body.data.group_id;
  t.equal(await groupOf(), 1);
  await gateway.admin('POST', '/admin/api-key/update', { id: key.id, group_id: 0 });
  t.equal(await groupOf(), 0);
  const unknown = await gateway.admin('POST', '/admin/api-key/update', { id: key.id, group_id: 2 });
  t.equal(unknown.status, 400);
  t.match(unknown.body, { success: false, error: { code: 'GROUP_UNKNOWN', param: 'group_id' } });
  t.equal(await groupOf(), 0);
});
