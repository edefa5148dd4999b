// The administrator's totals against a sum made by hand.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

t.test(
  'the totals are those of a hand sum: keys that live, keys that were charged, what was charged',
  async (t) => {
    const gateway = await startTestGateway(t);
    const get = async () => (await gateway.admin('GET', '/admin/statistics/total')).body;
    const nothing = {
      count_key: 0,
      active_key: 0,
      active_key_this_month: 0,
      total_fee: '0.0000000000',
      total_month_fee: '0.0000000000',
    };
    t.same(await get(), { success: true, data: nothing });
    t.same(Object.keys((await get()).data), Object.keys(nothing));

    const quota = await gateway.createKey({ month_quota: '1' });
    const prepaid = await gateway.createKey({ month_quota: 0, balance: '1' });
    const leaver = await gateway.createKey();
    await gateway.createKey({ name: 'idle', balance: '3' });
    let count = 0;
    for (const [key, tokens] of [
      [quota, 3],
      [quota, 5],
      [prepaid, 7],
      [leaver, 11],
    ] as const) {
      const usage = { inputTokens: tokens, outputTokens: 0, totalTokens: tokens };
      gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'x', usage } });
      await gateway.chat(key);
      count += 1;
      await gateway.recorded(count);
    }
    gateway.simulator.script({ times: 1, behaviour: { kind: 'error', exception: 'ThrottlingException' } });
    const throttled = await gateway.createKey();
    await gateway.chat(throttled);
    await gateway.recorded(count + 1);
    await gateway.admin('POST', '/admin/api-key/delete', { id: leaver.id });
    // 26 tokens of haiku at 0.25 USD per million.
    const fee = '0.0000065000';
    t.same((await get()).data, {
      count_key: 4,
      active_key: 3,
      active_key_this_month: 3,
      total_fee: fee,
      total_month_fee: fee,
    });

    await gateway.database.sql`update usage set day = day - 40 where key_id = ${quota.id}`;
    t.match((await get()).data, {
      active_key: 3,
      active_key_this_month: 2,
      total_fee: fee,
      total_month_fee: '0.0000045000',
    });
  },
);
