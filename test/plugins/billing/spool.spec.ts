// Settlements on the local disk: what was promised to be there is there, and is settled by whoever comes next.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { fromRecord, toRecord } from '../../../src/plugins/billing/spool/records.ts';
import { createReplay } from '../../../src/plugins/billing/spool/replay.ts';
import { createSpool, readSegment } from '../../../src/plugins/billing/spool/spool.ts';
import { startDatabaseProxy } from '../../helpers/database-proxy.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startTestGateway } from '../../helpers/gateway.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

function spoolIn(t: Test, folder = join(temporaryFolder(t), 'spool')) {
  const owner = randomUUID();
  const spool = createSpool({ folder, owner });
  t.teardown(() => spool.close());
  return { spool, folder, owner };
}

async function readAll(path: string): Promise<unknown[]> {
  const records = [];
  for await (const record of readSegment(path)) records.push(record);
  return records;
}

/** As another process sees it. */
async function left(folder: string): Promise<unknown[]> {
  const found = await createSpool({ folder, owner: randomUUID() }).findLeft();
  return (await Promise.all(found.map(({ path }) => readAll(path)))).flat();
}

t.test('records are there for another process as soon as they are promised, in order', async (t) => {
  const { spool, folder } = spoolIn(t);
  await Promise.all(
    Array.from({ length: 500 }, (_, n) => spool.append({ n, text: 'line\nbreak \u2028\u2029' })),
  );
  const records = await left(folder);
  t.same(
    records.map((record) => (record as { n: number }).n),
    Array.from({ length: 500 }, (_, n) => n),
  );
  t.equal(spool.size, 500);
});

t.test(
  'a spool whose records are all settled leaves no file, whatever the order and the haste',
  async (t) => {
    const { spool, folder } = spoolIn(t);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (forgetsAtOnce) => {
        const late = await Promise.all(
          forgetsAtOnce.map(async (atOnce, n) => {
            const ticket = await spool.append({ n });
            if (atOnce) await spool.forget(ticket);
            return atOnce ? [] : [ticket];
          }),
        );
        const kept = late.flat();
        if (spool.size !== kept.length) throw new Error(`${spool.size} instead of ${kept.length}`);
        if ((await left(folder)).length < kept.length) throw new Error('a record was lost');
        await Promise.all(kept.map((ticket) => spool.forget(ticket)));
        if (readdirSync(folder).length > 0) throw new Error('a file is left');
      }),
      { numRuns: 40 },
    );
  },
);

t.test('a record that is forgotten while the next one is on its way takes nothing with it', async (t) => {
  const { spool, folder } = spoolIn(t);
  for (let turns = 0; turns < 12; turns += 1) {
    const first = spool.append('first');
    // The first is being written; the next one waits for its turn.
    await new Promise((resolve) => setImmediate(resolve));
    const second = spool.append('second');
    const ticket = await first;
    for (let turn = 0; turn < turns; turn += 1) await null;
    await spool.forget(ticket);
    const kept = await second;
    t.equal((await left(folder)).at(-1), 'second');
    await spool.forget(kept);
    t.same(await left(folder), []);
  }
});

t.test('a line cut anywhere by a crash is passed over, and all before it are read', async (t) => {
  const folder = temporaryFolder(t);
  const { spool } = spoolIn(t, folder);
  await spool.append({ n: 1 });
  await spool.append({ n: 2, text: 'käse' });
  const [name = ''] = readdirSync(folder);
  const whole = readFileSync(join(folder, name));
  const firstLine = whole.indexOf('\n') + 1;
  const cut = join(temporaryFolder(t), 'cut');
  for (let length = firstLine; length < whole.length - 1; length += 1) {
    writeFileSync(cut, whole.subarray(0, length));
    t.same(await readAll(cut), [{ n: 1 }]);
  }
  appendFileSync(cut, 'garbage\n\0\0\0');
  t.same(await readAll(cut), [{ n: 1 }]);
});

t.test('a settlement survives the way through the spool to the last unit', async (t) => {
  const money = fc.bigInt({ min: 0n, max: 10n ** 18n });
  const plain = { noNullPrototype: true };
  const price = fc.record({ input: money, cacheWrite5m: money }, plain);
  const settled = fc.record(
    {
      model: fc.string({ unit: 'grapheme' }),
      // Texts that look like members of money must stay texts.
      target: fc.constantFrom('fee', '12', 'input'),
      startedAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
      charge: fc.record({ fee: money, price }, plain),
      firstByteMs: fc.option(fc.nat()),
    },
    plain,
  );
  const row = fc.record(
    { exchangeId: fc.uuid(), keyId: fc.nat(), groupId: fc.option(fc.nat()), settled: fc.option(settled) },
    plain,
  );
  fc.assert(
    fc.property(row, (settlement) => {
      const record = JSON.parse(JSON.stringify(toRecord(settlement as never)));
      t.strictSame(fromRecord(record), settlement);
    }),
    { numRuns: 200 },
  );
});

t.test('a record that cannot be settled keeps its file, and no other record waiting', async (t) => {
  const { spool, folder, owner } = spoolIn(t);
  for (const exchangeId of ['good-1', 'bad', 'good-2']) await spool.append({ exchangeId, settled: null });
  const settled: string[] = [];
  let isRefused = true;
  const replay = createReplay({
    spool: createSpool({ folder, owner: randomUUID() }),
    isLiving: async (of) => of !== owner,
    settle: async ({ exchangeId }) => {
      if (exchangeId === 'bad' && isRefused) throw new Error('refused');
      settled.push(exchangeId);
    },
    log: { warn() {} },
  });
  await replay.look();
  t.same(settled, ['good-1', 'good-2']);
  t.equal(readdirSync(folder).length, 1);
  isRefused = false;
  await replay.look();
  t.ok(settled.includes('bad'));
  t.same(readdirSync(folder), []);
});

t.test(
  'a disk that is full refuses, harms nothing that was written, and takes records again later',
  async (t) => {
    const mount = smallDisk(t);
    if (mount === undefined) return;
    const { spool, folder } = spoolIn(t, join(mount, 'spool'));
    await spool.append({ n: 1 });
    writeFileSync(join(mount, 'filler'), Buffer.alloc(1024 * 1024 - 64 * 1024));
    const big = 'x'.repeat(100_000);
    await t.rejects(spool.append({ n: 2, big }), { code: 'ENOSPC' });
    t.same(await left(folder), [{ n: 1 }]);
    writeFileSync(join(mount, 'filler'), '');
    await spool.append({ n: 3, big });
    t.match(await left(folder), [{ n: 1 }, { n: 3 }]);
  },
);

t.test(
  'a database that is away while answers end: they wait on the disk and are settled to the unit',
  async (t) => {
    const witness = await startTestGateway(t);
    const proxy = await startDatabaseProxy(t, witness.testDatabase);
    const gateway = await startTestGateway(t, { simulator: witness.simulator, database: proxy.database });
    const key = await gateway.createKey();
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'pong', gate: { name: 'gate' } } });
    const chats = Array.from({ length: 20 }, () => gateway.chat(key));
    await gateway.simulator.reached('gate', 20);
    await proxy.cut();
    gateway.simulator.release('gate');
    for (const { status } of await Promise.all(chats)) t.equal(status, 200);
    await eventually(async () => gateway.app.billing.waiting.spooled === 20);
    t.equal((await gateway.chat(key)).status, 503, 'nothing new is let in');
    await proxy.join();
    await witness.recorded(20);
    t.same(gateway.app.billing.waiting, { settlements: 0, spooled: 0 });
    t.equal(await witness.auditFaults(), 0);
    const rows = await witness.database.sql`select status, usage_source from usage`;
    t.equal(rows.length, 20);
    for (const row of rows) t.same(row, { status: 'ok', usage_source: 'reported' });
  },
);

t.test(
  'a process that dies with settlements on its disk: the next one there settles them exactly',
  async (t) => {
    const { dead, gateway, key } = await dieWithSpool(t, { leaseSeconds: '30' });
    const next = await gateway(dead.dataDir);
    await eventually(async () => (await next.database.sql`select from hold`).length === 0);
    t.match(await next.database.sql`select status, usage_source from usage`, [
      { status: 'ok', usage_source: 'reported' },
    ]);
    t.equal(await next.auditFaults(), 0);
    const { data } = (await next.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
    t.equal(data.total_fee, dead.fee);
  },
);

t.test(
  'what a replica had to estimate is corrected when the dead process comes back with its disk',
  async (t) => {
    const { dead, gateway, key } = await dieWithSpool(t, { leaseSeconds: '1' });
    const replica = await gateway();
    await eventually(async () => (await replica.database.sql`select from hold`).length === 0);
    t.match(await replica.database.sql`select status, usage_source from usage`, [
      { status: 'abandoned', usage_source: 'estimated' },
    ]);
    await gateway(dead.dataDir);
    await eventually(async () => {
      const { data } = (await replica.admin('GET', `/admin/api-key/detail/${key.id}`)).body;
      return data.total_fee === dead.fee;
    });
    t.equal(await replica.auditFaults(), 0);
  },
);

/** A gateway that ended, as a crash would end it, while its settlement lay on its disk only. */
async function dieWithSpool(t: Test, { leaseSeconds }: { leaseSeconds: string }) {
  const witness = await startTestGateway(t);
  const proxy = await startDatabaseProxy(t, witness.testDatabase);
  const dataDir = temporaryFolder(t);
  const env = { DATA_DIR: dataDir, HOLD_LEASE_SECONDS: leaseSeconds };
  const doomed = await startTestGateway(t, { simulator: witness.simulator, database: proxy.database, env });
  const key = await doomed.createKey();
  const usage = { inputTokens: 11, outputTokens: 7, totalTokens: 18 };
  doomed.simulator.script({ behaviour: { kind: 'answer', text: 'pong', usage, gate: { name: 'gate' } } });
  const chat = doomed.chat(key);
  await doomed.simulator.reached('gate');
  await proxy.cut();
  doomed.simulator.release('gate');
  await chat;
  await eventually(async () => doomed.app.billing.waiting.spooled === 1);
  // Its database never comes back: as good as dead, but that its disk can be handed on.
  const inherited = temporaryFolder(t);
  mkdirSync(join(inherited, 'spool'));
  for (const name of readdirSync(join(dataDir, 'spool')))
    writeFileSync(join(inherited, 'spool', name), readFileSync(join(dataDir, 'spool', name)));
  return {
    key,
    // Haiku: 0.25 and 1.25 USD per million.
    dead: { dataDir: inherited, fee: '0.0000115000' },
    gateway: (folder?: string) =>
      startTestGateway(t, {
        simulator: witness.simulator,
        database: witness.testDatabase,
        env: { HOLD_LEASE_SECONDS: leaseSeconds, ...(folder !== undefined && { DATA_DIR: folder }) },
      }),
  };
}

/** A file system of one mebibyte; undefined, with a loud skip, where none can be mounted. */
function smallDisk(t: Test): string | undefined {
  const folder = temporaryFolder(t);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  if (mounted.status === 0) {
    t.teardown(() => spawnSync('umount', ['--lazy', folder]));
    return folder;
  }
  t.comment('SKIPPED: a full disk needs the right to mount a tmpfs (root)');
  t.pass('skipped: no right to mount a tmpfs');
  return undefined;
}
