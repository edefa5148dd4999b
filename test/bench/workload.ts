// What is asked and what is answered: the same words for every system under test, so that only the work between
// them differs.
import { createFrameWriter } from '../../src/simulator/event-stream.ts';

/** A name of the catalogue that has a price. */
export const MODEL = 'claude-3-haiku';
/** Deltas of a streamed answer, the benchmark's "20 chunks". */
export const DELTAS = 20;

const PROMPT = 'Explain what a gateway does. '.repeat(36).slice(0, 1024);
const WORD = ' measured';
const ANSWER = WORD.repeat(DELTAS);
const USAGE = { inputTokens: 260, outputTokens: DELTAS, totalTokens: 260 + DELTAS };

export type TestName = 'sync' | 'stream';
export const TEST_NAMES: readonly TestName[] = ['sync', 'stream'];

/** The client's request body: 1 KB of prompt. */
export function chatBody(test: TestName): string {
  return JSON.stringify({
    model: MODEL,
    messages: [{ role: 'user', content: PROMPT }],
    max_tokens: 256,
    stream: test === 'stream',
  });
}

/** What Bedrock's Converse answers. */
export function converseAnswer(): Buffer {
  return Buffer.from(
    JSON.stringify({
      output: { message: { role: 'assistant', content: [{ text: ANSWER }] } },
      stopReason: 'end_turn',
      usage: USAGE,
      metrics: { latencyMs: 1 },
    }),
  );
}

/** What ConverseStream answers: 24 frames. */
export function converseStreamAnswer(): Buffer {
  const frames = createFrameWriter();
  frames.event('messageStart', JSON.stringify({ role: 'assistant' }));
  for (let index = 0; index < DELTAS; index += 1) {
    frames.event('contentBlockDelta', JSON.stringify({ contentBlockIndex: 0, delta: { text: WORD } }), WORD);
  }
  frames.event('contentBlockStop', JSON.stringify({ contentBlockIndex: 0 }));
  frames.event('messageStop', JSON.stringify({ stopReason: 'end_turn' }));
  frames.event('metadata', JSON.stringify({ usage: USAGE, metrics: { latencyMs: 1 } }));
  return Buffer.from(frames.take().bytes);
}

/** OpenAI's `chat.completion` as the bare server and the reference gateway answer it. */
export function completion(id: string, content: string, usage = USAGE) {
  return {
    id,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: MODEL,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: usage.inputTokens,
      completion_tokens: usage.outputTokens,
      total_tokens: usage.totalTokens,
    },
  };
}

/** One server-sent event of a streamed answer. */
export function chunk(id: string, delta: object, finishReason: string | null = null): string {
  const body = {
    id,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: MODEL,
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
  return `data: ${JSON.stringify(body)}\n\n`;
}

export const DONE = 'data: [DONE]\n\n';

/** The constant answers of the bare server. */
export function constantAnswer(test: TestName): string {
  if (test === 'sync') return JSON.stringify(completion('chatcmpl-bare', ANSWER));
  const deltas = Array.from({ length: DELTAS }, () => chunk('chatcmpl-bare', { content: WORD }));
  return [
    chunk('chatcmpl-bare', { role: 'assistant', content: '' }),
    ...deltas,
    chunk('chatcmpl-bare', {}, 'stop'),
    DONE,
  ].join('');
}

/** Is this body (chunk framing may be in it) a whole answer? Counted on every answer, so it is cheap. */
export function isWholeAnswer(test: TestName, body: Buffer): boolean {
  if (test === 'sync') return body.includes(ANSWER) && body.includes('"finish_reason":"stop"');
  let deltas = 0;
  for (let at = body.indexOf(DELTA_MARK); at !== -1; at = body.indexOf(DELTA_MARK, at + DELTA_MARK.length)) {
    deltas += 1;
  }
  return deltas === DELTAS && body.indexOf('data: [DONE]', body.length - 64) !== -1;
}

const DELTA_MARK = Buffer.from(`"content":"${WORD}"`);
