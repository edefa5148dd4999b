// Random histories of everything that can happen to money, on two processes, step by step against plain arithmetic.
import fc from 'fast-check';
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { moneyCommands, type Real, setToday } from './money-commands.ts';
import { MoneyModel } from './money-model.ts';

const ENV = { HOLD_LEASE_SECONDS: '2', LEDGER_AUDIT_SECONDS: '0' };
const QUOTA = 100_000_000n;
const BALANCE = 50_000_000n;

t.test(
  'after every step of any history, money and decisions are what plain arithmetic says',
  { timeout: 0 },
  async (t) => {
    const first = await startTestGateway(t, { env: ENV });
    const startReplica = ({ testDatabase: database, simulator }: TestGateway) =>
      startTestGateway(t, { env: ENV, database, simulator });
    const replicas: Real['replicas'] = [first, await startReplica(first)];
    await first.database.sql.unsafe(`
    create table test_clock (today date not null);
    insert into test_clock values ('2026-01-01');
    create or replace function billing_day(at timestamptz default now()) returns date language sql stable as
      'select today from test_clock'`);

    async function setup(): Promise<{ model: MoneyModel; real: Real }> {
      const { sql } = first.database;
      const model = new MoneyModel();
      await setToday(first, model.day);
      const real: Real = {
        ...{ replicas, restart: startReplica, keyIds: [], groupIds: [], holds: new Map(), paymentIds: [] },
      };
      for (let index = 0; index < 3; index += 1) {
        const { id } = await first.createKey({ month_quota: '0.01', balance: '0.005' });
        const [payment] = await sql`select id::int from payment where key_id = ${id}`;
        // A key's first month has its limit from the start or from its first hold: the same.
        model.addKey(QUOTA, BALANCE);
        real.keyIds.push(id);
        real.paymentIds.push([payment?.id]);
      }
      for (let index = 0; index < 2; index += 1) {
        const [group] = await sql<{ id: number }[]>`
        insert into key_group (name) values (gen_random_uuid()::text) returning id::int`;
        if (group === undefined) throw new Error('no group');
        await first.database.db.transaction((tx) => first.app.billing.openGroupWallet(tx, group.id));
        real.groupIds.push(group.id);
      }
      return { model, real };
    }

    await fc.assert(
      fc.asyncProperty(moneyCommands, (commands) => fc.asyncModelRun(setup, commands)),
      {
        numRuns: Number(process.env.MONEY_MODEL_RUNS ?? 5),
        endOnFailure: process.env.MONEY_MODEL_SHRINK === '0',
      },
    );
  },
);
