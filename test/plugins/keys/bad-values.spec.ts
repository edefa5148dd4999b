// Bad input on every route that takes a body: a 4xx that names the field, and not a trace of it anywhere.
import t from 'tap';
import { ADMIN_API_KEY, type NewKey, startTestGateway } from '../../helpers/gateway.ts';
import { snapshot } from '../../helpers/snapshot.ts';
import { type BadBody, badBodies, CANARY, CHAT } from './bad-bodies.ts';

/** Does the answer have its surface's shape, name the field, and keep the rest to itself? */
function faultOf(
  { path, body, field }: BadBody,
  status: number,
  answer: string,
  key: NewKey,
): string | undefined {
  const where = `${path} ${JSON.stringify(body).slice(0, 120)}: ${status} ${answer.slice(0, 300)}`;
  if (status !== 400) return `not 400: ${where}`;
  const parsed = JSON.parse(answer);
  const message = path === CHAT ? parsed.error?.message : parsed.data;
  if (path === CHAT ? !('param' in parsed.error) : parsed.success !== false) return `another shape: ${where}`;
  if (typeof message !== 'string' || !`${message} ${parsed.error.param}`.includes(field))
    return `does not name ${field}: ${where}`;
  if (answer.includes(CANARY) || answer.includes(key.secret)) return `repeats what was sent: ${where}`;
  if (/\bat \/|node_modules|select |insert |postgres|Error:/i.test(answer))
    return `tells of our inside: ${where}`;
  return undefined;
}

t.test(
  'wrong values are refused by name, store nothing, send nothing, and leave no secret in the log',
  async (t) => {
    const lines: string[] = [];
    const gateway = await startTestGateway(t, { onLogLine: (line) => lines.push(line) });
    const key = await gateway.createKey({ name: 'victim', balance: 1 });
    await gateway.createKey({ name: 'other' });
    const before = await snapshot(gateway.database);
    const faults: string[] = [];
    const bodies = badBodies(key);
    t.ok(bodies.length > 300);
    for (const bad of bodies) {
      const answer = await gateway.api('POST', bad.path, {
        key: bad.path === CHAT ? key.secret : ADMIN_API_KEY,
        body: bad.body,
      });
      const fault = faultOf(bad, answer.status, JSON.stringify(answer.body), key);
      if (fault !== undefined) faults.push(fault);
    }
    t.same(faults, []);
    t.same(await snapshot(gateway.database), before, 'nothing is stored');
    t.same(gateway.simulator.journal.entries(), [], 'nothing is sent upstream');
    t.notMatch(lines.join(''), new RegExp(`${CANARY}|${key.secret}|${ADMIN_API_KEY}|"level":(50|60)`));
  },
);
