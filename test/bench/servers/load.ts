// The load generator: so many connections, each sending its next request when it has its answer (closed loop). It
// checks every answer. Written by hand because a general client costs more than some of the servers measured.
import { connect, type Socket } from 'node:net';
import { chatBody, isWholeAnswer, type TestName } from '../workload.ts';

/** One run, as the parent asks for it. */
export interface LoadOrder {
  port: number;
  test: TestName;
  /** Secrets, used in turn. */
  keys: string[];
  connections: number;
  seconds: number;
}

export interface LoadResult {
  answered: number;
  /** Wrong status, incomplete answer, lost connection or no answer. */
  failed: number;
  /** What the first failure looked like; empty when there was none. */
  firstFailure: string;
  /** From the first request to the last answer. */
  elapsedMs: number;
  p50Ms: number;
  p99Ms: number;
}

/** An answer that has not come so long after the end of a run will not come. */
const LAST_ANSWER_MS = 15_000;
const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
const NO_BYTES = Buffer.alloc(0);

function requestBytes(test: TestName, key: string): Buffer {
  const body = chatBody(test);
  return Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Requests are not pipelined: nothing follows an answer. */
function isComplete(received: Buffer): boolean {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.toString('latin1', 0, headEnd))?.[1];
  if (length !== undefined) return received.length >= headEnd + HEAD_END.length + Number(length);
  return received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
}

function isGood(test: TestName, received: Buffer): boolean {
  return received.toString('latin1', 0, 13) === 'HTTP/1.1 200 ' && isWholeAnswer(test, received);
}

/** What one run has seen so far. */
interface Tally {
  readonly deadline: number;
  readonly latencies: number[];
  readonly sockets: Set<Socket>;
  sent: number;
  failed: number;
  firstFailure: string;
  lastAnswerAt: number;
  onEmpty(): void;
}

function run(order: LoadOrder): Promise<LoadResult> {
  const startedAt = performance.now();
  const requests = order.keys.map((key) => requestBytes(order.test, key));
  return new Promise((resolve) => {
    const tally: Tally = {
      deadline: startedAt + order.seconds * 1000,
      latencies: [],
      sockets: new Set(),
      sent: 0,
      failed: 0,
      firstFailure: '',
      lastAnswerAt: startedAt,
      onEmpty() {
        clearTimeout(overdue);
        resolve(toResult(tally, startedAt));
      },
    };
    const overdue = setTimeout(
      () => {
        for (const socket of tally.sockets) socket.destroy();
      },
      order.seconds * 1000 + LAST_ANSWER_MS,
    );
    for (let count = 0; count < order.connections; count += 1) openConnection(order, requests, tally);
  });
}

/** Sends until the deadline, then closes. */
function openConnection({ port, test }: LoadOrder, requests: readonly Buffer[], tally: Tally): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received: Buffer = NO_BYTES;
  let sentAt = 0;
  const send = () => {
    sentAt = performance.now();
    const request = requests[tally.sent % requests.length];
    if (sentAt >= tally.deadline || request === undefined) return close(socket, tally);
    tally.sent += 1;
    socket.write(request);
  };
  tally.sockets.add(socket);
  socket.on('connect', send);
  socket.on('data', (bytes) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    if (!isComplete(received)) return;
    tally.lastAnswerAt = performance.now();
    if (isGood(test, received)) tally.latencies.push(tally.lastAnswerAt - sentAt);
    else fail(tally, received.toString('utf8', 0, 500));
    received = NO_BYTES;
    send();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (!tally.sockets.has(socket)) return;
    fail(tally, 'the connection was lost');
    close(socket, tally);
  });
}

function close(socket: Socket, tally: Tally): void {
  tally.sockets.delete(socket);
  socket.destroy();
  if (tally.sockets.size === 0) tally.onEmpty();
}

function fail(tally: Tally, what: string): void {
  tally.failed += 1;
  tally.firstFailure ||= what;
}

function toResult({ latencies, failed, firstFailure, lastAnswerAt }: Tally, startedAt: number): LoadResult {
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  const elapsedMs = lastAnswerAt - startedAt;
  return { answered: latencies.length, failed, firstFailure, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99) };
}

// Only the parent writes to this channel.
process.on('message', (order: LoadOrder) => void run(order).then((result) => process.send?.(result)));
process.once('disconnect', () => process.exit());
process.on('SIGINT', () => undefined);
