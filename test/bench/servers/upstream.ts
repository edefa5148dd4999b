// Bedrock, instantly: constant Converse and ConverseStream answers, each in one write. It reads just enough HTTP to
// find the end of a request, so that it is never what is being measured; the faithful one is src/simulator.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { converseAnswer, converseStreamAnswer } from '../workload.ts';
import { announce } from './announce.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const NO_BYTES = Buffer.alloc(0);

const sync = answer('application/json', converseAnswer());
const stream = answer('application/vnd.amazon.eventstream', converseStreamAnswer());

function answer(contentType: string, body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\nx-amzn-requestid: bench\r\n`;
  // AWS sends the length of a Converse answer and chunks a stream.
  if (contentType === 'application/json') {
    return Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), body]);
  }
  const size = body.length.toString(16);
  const chunked = Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n${size}\r\n`);
  return Buffer.concat([chunked, body, Buffer.from('\r\n0\r\n\r\n')]);
}

function serve(socket: Socket): void {
  let received: Buffer = NO_BYTES;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    for (;;) {
      const headEnd = received.indexOf(HEAD_END);
      if (headEnd === -1) return;
      const head = received.toString('latin1', 0, headEnd);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const end = headEnd + HEAD_END.length + length;
      if (received.length < end) return;
      received = received.length === end ? NO_BYTES : received.subarray(end);
      socket.write(head.includes('/converse-stream ') ? stream : sync);
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an AddressInfo.
  announce((server.address() as AddressInfo).port);
});
