// Credentials per target, through the whole gateway.
import t from 'tap';
import { createModel, newestReceipt, SECOND_REGION, startWithPrices } from './two-targets.ts';

t.test(
  'a target whose credentials are missing is passed over, and nobody outside hears of them',
  async (t) => {
    const lines: string[] = [];
    const { gateway, key } = await startWithPrices(t, {
      upstreamEnv: { AWS_BEARER_TOKEN_EU: 'key-of-eu' },
      onLogLine: (line) => lines.push(line),
    });
    const bearer = (variable: string) => ({ kind: 'bearer', variable });
    const further = (target: string) => ({ target, price_scope: 'eu', region: SECOND_REGION });
    const model = await createModel(gateway, {
      credentials: bearer('AWS_BEARER_TOKEN_NOBODY_SET'),
      further_targets: [
        { ...further('eu.second'), credentials: bearer('AWS_BEARER_TOKEN_EU') },
        further('eu.third'),
      ],
    });
    for (const stream of [false, true]) {
      const answer = await gateway.chat(key, { model: model.name, stream });
      t.equal(answer.status, 200);
      const receipt = await newestReceipt(gateway, key, stream ? 2 : 1);
      t.match(receipt, {
        target: 'eu.second',
        attempts: [{ outcome: 'auth', upstream_request_id: null }, { outcome: 'served' }],
      });
      t.notMatch(JSON.stringify([answer.body, receipt]), /AWS_BEARER/);
    }
    t.same(
      gateway.simulator.journal.entries().map(({ headers }) => headers.authorization),
      ['Bearer', 'Bearer'],
    );
    const told = lines.filter((line) => line.includes('a target is not set up rightly'));
    t.equal(told.length, 1, 'and says so once in a while, not for every request');
    for (const line of told)
      t.match(line, /AWS_BEARER_TOKEN_NOBODY_SET is not set/, 'the log says which variable is missing');
    t.notMatch(lines.join(), /key-of-eu/);
  },
);

t.test(
  'when no target has credentials the answer is 500 upstream_auth_error, and costs nothing',
  async (t) => {
    const { gateway, key } = await startWithPrices(t);
    const model = await createModel(gateway, {
      isDouble: false,
      credentials: { kind: 'profile', profile: 'nobody-has-it' },
    });
    for (const stream of [false, true]) {
      const { status, body } = await gateway.chat(key, { model: model.name, stream });
      t.equal(status, 500);
      t.match(body.error, { type: 'server_error', code: 'upstream_auth_error' });
      t.notMatch(body.error.message, /nobody-has-it/);
      const receipt = await newestReceipt(gateway, key, stream ? 2 : 1);
      t.match(receipt, { fee: '0.0000000000', attempts: [{ outcome: 'auth' }] });
    }
    t.equal(gateway.simulator.journal.entries().length, 0);
  },
);
