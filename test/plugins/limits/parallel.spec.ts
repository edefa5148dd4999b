// Parallel requests: as many as allowed at any time, and a slot comes free however an exchange ends.
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { Behaviour } from '../../../src/simulator/simulator.ts';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';
import { limitGroup, limitKey, remaining } from './limited.ts';

t.test('a key and its group have as many requests under way as they may', async (t) => {
  const gateway = await startTestGateway(t);
  const [one, two] = [await gateway.createKey({ group_id: 1 }), await gateway.createKey({ group_id: 1 })];
  await limitKey(gateway, one, { parallel: 1 });
  await limitGroup(gateway, 1, { parallel: 2 });
  gateway.simulator.script({ times: 2, behaviour: { kind: 'answer', text: 'pong', gate: { name: 'gate' } } });
  const underWay = [gateway.chat(one)];
  await gateway.simulator.reached('gate');
  const refused = await gateway.chat(one);
  t.equal(refused.status, 429);
  t.match(refused.body.error, {
    type: 'requests',
    code: 'rate_limit_exceeded',
    message:
      'Rate limit reached for this key on parallel requests: limit 1, used 1, requested 1. Please try again in 1s.',
  });
  t.equal(refused.headers.get('retry-after'), '1');
  underWay.push(gateway.chat(two));
  await gateway.simulator.reached('gate', 2);
  t.match((await gateway.chat(two)).body.error.message, /for this key's group on parallel requests/);
  gateway.simulator.release('gate');
  for (const answer of await Promise.all(underWay)) t.equal(answer.status, 200);
  for (const key of [one, two]) t.equal((await gateway.chat(key)).status, 200);
  await gateway.recorded(4);
  t.equal(gateway.simulator.journal.entries().length, 4);
});

const ENDINGS: Record<string, Behaviour> = {
  'an answer': { kind: 'answer', text: 'pong' },
  'an upstream that refuses': { kind: 'error', exception: 'ValidationException' },
  'an upstream that cannot': { kind: 'error', exception: 'InternalServerException' },
  'a cut connection': { kind: 'cut' },
  'an exception in mid-stream': {
    kind: 'answer',
    deltas: ['one', 'two', 'three'],
    fault: { kind: 'exception', name: 'InternalServerException', afterDeltas: 2 },
  },
};

t.test('a slot comes free with every way an exchange can end', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await limitKey(gateway, key, { parallel: 1 });
  let count = 0;
  for (const [name, behaviour] of Object.entries(ENDINGS))
    for (const stream of [false, true]) {
      const rule = gateway.simulator.script({ times: 1, behaviour });
      await gateway.chat(key, { stream });
      count += 1;
      await gateway.recorded(count);
      rule.remove();
      await isFree(t, gateway, key, `${name}${stream ? ' (streamed)' : ''}`);
      count += 1;
      await gateway.recorded(count);
    }
});

t.test('a request that never leaves the gateway frees its slot and counts as none', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await limitKey(gateway, key, { requests: 1, tokens: 100, parallel: 1 });
  for (const stream of [false, true]) {
    // Admitted, and then refused by the encoder: nothing is left of it to send.
    const refused = await gateway.chat(key, { stream, messages: [{ role: 'user', content: '   ' }] });
    t.equal(refused.body.error.param, 'messages');
  }
  const answer = await gateway.chat(key);
  t.equal(answer.status, 200);
  t.equal(remaining(answer, 'requests'), 0);
  t.equal(remaining(answer, 'tokens'), 91);
});

t.test('a client that left keeps its slot until its answer is drained', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await limitKey(gateway, key, { parallel: 1 });
  gateway.simulator.script({
    times: 1,
    behaviour: { kind: 'answer', deltas: ['one', 'two'], gate: { name: 'gate', afterDeltas: 1 } },
  });
  const client = openStream(gateway, key);
  await gateway.simulator.reached('gate');
  await client.leave();
  t.equal((await gateway.chat(key)).status, 429);
  gateway.simulator.release('gate');
  await gateway.recorded(1);
  await isFree(t, gateway, key, 'after the drain');
});

t.test('a drain that is cut leaves no slot behind', async (t) => {
  const gateway = await startTestGateway(t, { env: { DRAIN_SECONDS: '0' } });
  const key = await gateway.createKey();
  await limitKey(gateway, key, { parallel: 1 });
  gateway.simulator.script({
    times: 1,
    behaviour: {
      kind: 'answer',
      deltas: ['one', 'two'],
      gate: { name: 'gate', afterDeltas: 1 },
      fault: { kind: 'stall', afterDeltas: 1 },
    },
  });
  const client = openStream(gateway, key);
  await gateway.simulator.reached('gate');
  gateway.simulator.release('gate');
  await client.leave();
  await gateway.recorded(1);
  await isFree(t, gateway, key, 'after the cut');
});

async function isFree(t: Test, gateway: TestGateway, key: NewKey, message: string): Promise<void> {
  t.equal((await gateway.chat(key)).status, 200, message);
}

/** A client on a connection of its own, which can go at any moment. */
function openStream(gateway: TestGateway, key: NewKey): { request: ClientRequest; leave(): Promise<void> } {
  const connected: Promise<Socket[]> = once(gateway.app.server, 'connection');
  const request = httpRequest(`${gateway.url}/v1/chat/completions`, {
    agent: false,
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
  });
  request.on('error', () => undefined);
  const messages = [{ role: 'user', content: 'ping' }];
  request.end(JSON.stringify({ model: 'claude-3-haiku', messages, max_tokens: 64, stream: true }));
  return {
    request,
    async leave() {
      const [socket] = await connected;
      const seen = new Promise((resolve) => socket?.once('close', resolve));
      request.destroy();
      await seen;
    },
  };
}
