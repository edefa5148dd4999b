// Names, asked of a real name server on the loopback.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { resolveName } from '../../../../src/plugins/chat-proxy/remote-media/resolve-name.ts';

const A = 1;
const NEVER = new AbortController().signal;

/** One address for IPv4 and none for IPv6; silent: it never answers. */
async function startNameServer(t: Test, isSilent = false) {
  const socket = createSocket('udp4');
  const asked = once(socket, 'message');
  socket.on('message', (question, { port, address }) => {
    if (isSilent) return;
    const end = question.indexOf(0, 12) + 5;
    const isV4 = question.readUInt16BE(end - 4) === A;
    const header = Buffer.from([...question.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isV4 ? 1 : 0, 0, 0, 0, 0]);
    const answer = isV4 ? [0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, 93, 184, 216, 34] : [];
    socket.send(Buffer.concat([header, question.subarray(12, end), Buffer.from(answer)]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  return { servers: [`127.0.0.1:${socket.address().port}`], asked };
}

t.test('a name that has only one kind of address is known', async (t) => {
  const { servers } = await startNameServer(t);
  t.same(await resolveName('pictures.example', NEVER, servers), ['93.184.216.34']);
});

t.test('a question under way ends with the signal', { timeout: 10_000 }, async (t) => {
  const { servers, asked } = await startNameServer(t, true);
  const left = new AbortController();
  const resolving = resolveName('pictures.example', left.signal, servers);
  await asked;
  left.abort(new Error('left'));
  await t.rejects(resolving, { message: 'left' });
  await t.rejects(resolveName('pictures.example', left.signal, servers), { message: 'left' });
});
