// Money under fire: what a key may spend is never exceeded, and every admitted request is settled once.
import t from 'tap';
import { type ApiAnswer, startTestGateway } from '../../helpers/gateway.ts';

t.test(
  '200 parallel requests on a key whose quota covers two: two are served, the rest get 429',
  async (t) => {
    const gateway = await startTestGateway(t);
    // Haiku at 0.25/1.25 USD per million: 4 bytes + one turn bound 10 input tokens, 1000 output tokens.
    const hold = (10n * 2_500_000_000n + 1000n * 12_500_000_000n + 500_000n) / 1_000_000n;
    const quota = (hold * 5n) / 2n;
    const key = await gateway.createKey({ month_quota: `0.${String(quota).padStart(10, '0')}` });
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', gate: { name: 'all' } } });
    let refusals = 0;
    const answers: Promise<ApiAnswer>[] = [];
    await new Promise<void>((resolve) => {
      for (let index = 0; index < 200; index += 1) {
        const answer = gateway.chat(key, { max_tokens: 1000 });
        answers.push(answer);
        void answer.then(({ status }) => {
          if (status === 429) refusals += 1;
          if (refusals === 198) resolve();
        });
      }
    });
    t.equal(await gateway.auditFaults(), 0, 'the ledger agrees with itself while two are under way');
    gateway.simulator.release('all');
    const all = await Promise.all(answers);
    await gateway.recorded(2);

    t.equal(all.filter((answer) => answer.status === 200).length, 2);
    const rest = all.filter((answer) => answer.status !== 200);
    t.equal(rest.length, 198);
    for (const answer of rest) {
      t.equal(answer.status, 429);
      t.equal(answer.body.error.code, 'insufficient_quota');
      t.equal(answer.body.error.type, 'insufficient_quota');
      t.equal(answer.headers.get('x-should-retry'), 'false');
    }
    t.equal(
      gateway.simulator.journal.entries().length,
      2,
      'exactly the affordable number reached the upstream',
    );
    t.equal(await gateway.auditFaults(), 0);
  },
);
