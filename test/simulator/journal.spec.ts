import { ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import t from 'tap';
import { createJournal, type JournalEntry } from '../../src/simulator/journal.ts';
import { ask, awsClient, converse, PROTOCOLS, start } from './support.ts';

function entry(id: string): JournalEntry {
  return {
    ...{ id, operation: 'Converse', modelId: 'a.b', at: 0, request: { id }, status: 'open', usage: null },
    headers: { authorization: null, userAgent: null, invocationId: null, attempt: null },
    ...{ outputText: '', framesWritten: 0, finishedAt: null },
  };
}

for (const protocol of PROTOCOLS) {
  t.test(
    `over ${protocol} a caller that leaves in mid-stream is on record with what it was sent`,
    async (t) => {
      const simulator = await start(t);
      const client = awsClient(t, simulator, protocol);
      simulator.script({
        behaviour: { kind: 'answer', deltas: ['a', 'b', 'c'], gate: { name: 'late', afterDeltas: 2 } },
      });
      const leaving = new AbortController();
      const answer = await client.send(new ConverseStreamCommand(ask('hello')), {
        abortSignal: leaving.signal,
      });
      await simulator.reached('late');
      leaving.abort();
      // How the SDK tells of an abort differs by protocol; here only the simulator's side counts.
      await (async () => {
        for await (const _ of answer.stream ?? []);
      })().catch(() => {});
      const left = await simulator.journal.waitFor((seen) => seen.finishedAt !== null);
      t.match(left, { status: 'client_closed', outputText: 'ab', framesWritten: 3, usage: null });
    },
  );

  t.test(`over ${protocol} closing ends open streams, and the journal calls them cut`, async (t) => {
    const simulator = await start(t);
    const client = awsClient(t, simulator, protocol);
    simulator.script({
      behaviour: { kind: 'answer', deltas: ['a', 'b'], fault: { kind: 'stall', afterDeltas: 1 } },
    });
    const answer = await client.send(new ConverseStreamCommand(ask('hello')));
    const read = (async () => {
      let text = '';
      for await (const event of answer.stream ?? []) text += event.contentBlockDelta?.delta?.text ?? '';
      return text;
    })();
    read.catch(() => {});
    await simulator.journal.waitFor((seen) => seen.outputText === 'a' || seen.framesWritten === 2);
    await simulator.close();
    t.match(await simulator.journal.waitFor((seen) => seen.finishedAt !== null), {
      status: 'cut',
      outputText: 'a',
    });
    await t.rejects(converse(client, 'hello'), 'the port is closed');
  });
}

t.test('the journal keeps the last 10,000 calls, oldest first', async (t) => {
  const journal = createJournal(true);
  for (let number = 0; number < 10_005; number += 1) journal.begin(entry(`${number}`), 10);
  const kept = journal.entries();
  t.equal(kept.length, 10_000);
  t.equal(kept[0]?.id, '5');
  t.equal(kept.at(-1)?.id, '10004');
});

t.test('the oldest requests lose their body before the journal outgrows the process', async (t) => {
  const journal = createJournal(true);
  for (let number = 0; number < 70; number += 1) journal.begin(entry(`${number}`), 1024 * 1024);
  const kept = journal.entries();
  t.equal(kept.length, 70);
  t.equal(kept.filter((seen) => seen.request === null).length, 6);
  t.equal(kept[5]?.request, null);
  t.same(kept[6]?.request, { id: '6' });
});

t.test('waiting for an entry ends with the entry, or says that there was none', async (t) => {
  const journal = createJournal(true);
  const first = entry('first');
  const waiting = journal.waitFor((seen) => seen.status === 'ok');
  journal.begin(first, 0);
  journal.finish(first, 'ok');
  t.equal(await waiting, first);
  journal.finish(first, 'cut');
  t.equal(first.status, 'ok', 'only the first end counts');
  t.equal(await journal.waitFor((seen) => seen.id === 'first'), first);
  await t.rejects(
    journal.waitFor(() => false, 5),
    /within 5 ms/,
  );
});

t.test('a simulator told to keep no journal answers all the same', async (t) => {
  const simulator = await start(t, { journal: false });
  t.match((await converse(awsClient(t, simulator), 'hello')).text, 'hello');
  t.equal(simulator.journal.entries().length, 0);
});
