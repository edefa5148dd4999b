// Each way an admitted request can end, and what it then counts.
import type { Behaviour } from '../../../src/simulator/simulator.ts';

export interface Ending {
  name: string;
  behaviour: Behaviour;
  stream: boolean;
  httpStatus: number;
  status: string;
  source: string;
  tokens: [input: number, output: number];
}

/** "ping": 4 bytes are one likely token, and 8 for the turn. */
const ESTIMATED_INPUT = 9;
const error = (exception: string, extra: object = {}): Behaviour => ({ kind: 'error', exception, ...extra });
const fault = (kind: string, extra: object = {}): Behaviour =>
  ({
    kind: 'answer',
    deltas: ['four', 'four', 'four'],
    fault: { kind, afterDeltas: 2, ...extra },
  }) as Behaviour;

const nothing = { status: 'upstream_error', source: 'none', tokens: [0, 0] as [number, number] };
const input = {
  status: 'upstream_error',
  source: 'estimated',
  tokens: [ESTIMATED_INPUT, 0] as [number, number],
};
/** Two deltas of four bytes. */
const partly = {
  status: 'upstream_error',
  source: 'estimated',
  tokens: [ESTIMATED_INPUT, 2] as [number, number],
};

const beforeAnyEvent: Omit<Ending, 'stream'>[] = [
  { name: 'validation', behaviour: error('ValidationException'), httpStatus: 400, ...nothing },
  {
    name: 'access denied to the model',
    behaviour: error('AccessDeniedException'),
    httpStatus: 403,
    ...nothing,
  },
  { name: 'not found', behaviour: error('ResourceNotFoundException'), httpStatus: 404, ...nothing },
  {
    name: 'throttled',
    behaviour: error('ThrottlingException'),
    httpStatus: 429,
    ...nothing,
    status: 'upstream_throttled',
  },
  {
    name: 'quota',
    behaviour: error('ServiceQuotaExceededException'),
    httpStatus: 429,
    ...nothing,
    status: 'upstream_throttled',
  },
  {
    name: 'not ready',
    behaviour: error('ModelNotReadyException'),
    httpStatus: 503,
    ...nothing,
    status: 'upstream_throttled',
  },
  { name: 'unavailable', behaviour: error('ServiceUnavailableException'), httpStatus: 503, ...nothing },
  {
    name: 'our credentials',
    behaviour: error('UnrecognizedClientException', { status: 403 }),
    httpStatus: 500,
    ...nothing,
  },
  { name: 'internal error', behaviour: error('InternalServerException'), httpStatus: 502, ...input },
  { name: 'model error', behaviour: error('ModelErrorException'), httpStatus: 502, ...input },
  {
    name: 'model time-out',
    behaviour: error('ModelTimeoutException'),
    httpStatus: 504,
    ...input,
    status: 'upstream_timeout',
  },
  { name: 'reset after the request was sent', behaviour: { kind: 'cut' }, httpStatus: 502, ...input },
];

const afterTheFirst: Omit<Ending, 'stream' | 'httpStatus'>[] = [
  {
    name: 'an exception in the stream',
    behaviour: fault('exception', { name: 'InternalServerException' }),
    ...partly,
  },
  {
    name: 'throttled in mid-stream',
    behaviour: fault('exception', { name: 'ThrottlingException' }),
    ...partly,
    status: 'upstream_throttled',
  },
  { name: 'a cut connection', behaviour: fault('cut'), ...partly },
  { name: 'half a frame', behaviour: fault('half-frame'), ...partly },
  { name: 'a wrong checksum', behaviour: fault('bad-crc'), ...partly },
  { name: 'an end without messageStop', behaviour: fault('clean-end'), ...partly },
];

export const endings: Ending[] = [
  ...beforeAnyEvent.flatMap((row) => [
    { ...row, stream: false },
    { ...row, stream: true },
  ]),
  {
    name: 'an exception as the first frame',
    behaviour: {
      kind: 'answer',
      text: 'x',
      fault: { kind: 'exception', name: 'ThrottlingException', afterFrames: 0 },
    },
    stream: true,
    httpStatus: 429,
    ...nothing,
    status: 'upstream_throttled',
  },
  ...afterTheFirst.map((row) => ({ ...row, stream: true, httpStatus: 200 })),
  ...[true, false].flatMap((stream): Ending[] => [
    {
      name: 'a complete answer',
      behaviour: answer({ inputTokens: 1000, outputTokens: 7, totalTokens: 1007 }),
      stream,
      httpStatus: 200,
      status: 'ok',
      source: 'reported',
      tokens: [1000, 7],
    },
    {
      name: 'more than the hold and max_tokens',
      behaviour: answer({ inputTokens: 5000, outputTokens: 9000, totalTokens: 14000 }),
      stream,
      httpStatus: 200,
      status: 'ok',
      source: 'reported',
      tokens: [5000, 9000],
    },
    {
      name: 'output that nobody can read, with its usage',
      behaviour: unreadable({ inputTokens: 1000, outputTokens: 7, totalTokens: 1007 }),
      stream,
      httpStatus: stream ? 200 : 502,
      status: 'upstream_error',
      source: 'reported',
      tokens: [1000, 7],
    },
    {
      name: 'no usage reported',
      behaviour: { kind: 'answer', text: 'fourfour', metadata: false },
      stream,
      httpStatus: 200,
      status: 'ok',
      source: 'estimated',
      tokens: [ESTIMATED_INPUT, 2],
    },
  ]),
];

function unreadable(usage: Record<string, number>): Behaviour {
  return { kind: 'answer', text: '', stopReason: 'malformed_model_output', usage };
}

function answer(usage: Record<string, number>): Behaviour {
  return { kind: 'answer', text: 'pong', usage };
}
