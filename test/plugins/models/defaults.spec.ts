// What a model sets for the requests that ask for it.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

t.test(
  "a model's defaults can be set, read and taken away, and decide where the key says nothing",
  async (t) => {
    const gateway = await startTestGateway(t);
    const list = await gateway.admin('GET', '/admin/model/list?q=claude-3-haiku&limit=200');
    const model = list.body.data.items.find(({ name }: { name: string }) => name === 'claude-3-haiku');
    t.same(model.defaults, {});
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123';
    const defaults = { guardrail: { id: arn, version: 'DRAFT' }, service_tier: 'priority' };
    const changed = await gateway.admin('POST', '/admin/model/update', { id: model.id, defaults });
    t.match(changed, { status: 200, body: { data: { defaults } } });
    const key = await gateway.createKey();
    t.match(await gateway.chat(key), {
      status: 400,
      body: { error: { param: 'service_tier', message: /'priority'.*defaults of the model/ } },
    });
    const plain = await gateway.createKey({ defaults: { service_tier: 'default' } });
    t.equal((await gateway.chat(plain)).status, 200, "a key's word stands before its model's");
    const none = await gateway.admin('POST', '/admin/model/update', { id: model.id, defaults: {} });
    t.same(none.body.data.defaults, {});
    t.equal((await gateway.chat(key)).status, 200);
  },
);
