// Sends one message over the network and says how it went. Never follows a redirect, never waits longer than its
// signal, and tells nothing of addresses, secrets or answers.
import { Agent, request } from 'undici';
import { readSecret } from '../channels/secrets.ts';
import type { AlertFacts } from '../messages/alert-text.ts';
import {
  encodeFeishu,
  encodeMail,
  encodeSlack,
  encodeWebhook,
  type HttpMessage,
} from '../messages/encode.ts';
import type { ChannelKind } from '../schemas.ts';
import { readRetryAfter } from './back-off.ts';
import type { Mailer } from './mailer.ts';

/** Where a message goes, secrets included. */
export interface Destination {
  kind: ChannelKind;
  url: string | null;
  secret: string | null;
  recipients: string[];
  /** Of the key that the alert is about, if the channel writes to it. */
  ownerEmail: string | null;
}

export type Outcome =
  | { isDelivered: true }
  | { isDelivered: false; error: string; retryAfterMs?: number | undefined; isFinal?: boolean };

export interface Senders {
  /** Never rejects. */
  send(alert: AlertFacts, to: Destination, signal: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

/** What is read of an answer. */
const ANSWER_BYTES = 16_384;
const CONNECT_MS = 5_000;

export function createSenders({ mailer, now }: { mailer: Mailer | undefined; now(): Date }): Senders {
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, keepAliveTimeout: 1_000 });

  async function post(url: string, { headers, body }: HttpMessage, signal: AbortSignal) {
    // undici's request() hands a redirect to its caller, who takes it for the failure that it is.
    const answer = await request(url, { method: 'POST', headers, body, signal, dispatcher: agent });
    const text = await readSome(answer.body);
    return { status: answer.statusCode, text, retryAfter: answer.headers['retry-after'] };
  }

  async function overHttp(alert: AlertFacts, to: Destination, signal: AbortSignal): Promise<Outcome> {
    const message = encodeFor(alert, to, now());
    if (message === undefined || to.url === null) return failed('the channel is not complete', true);
    const { status, text, retryAfter } = await post(to.url, message, signal);
    if (status === 410) return failed('HTTP 410: the receiver is gone for good', true);
    if (status < 200 || status > 299)
      return { ...failed(`HTTP ${status}`), retryAfterMs: readRetryAfter(retryAfter, now().getTime()) };
    const refusal = to.kind === 'feishu' ? feishuRefusal(text) : undefined;
    return refusal === undefined ? { isDelivered: true } : failed(refusal);
  }

  async function byMail(alert: AlertFacts, to: Destination, signal: AbortSignal): Promise<Outcome> {
    if (mailer === undefined) return failed('this gateway sends no e-mail, SMTP_URL is not set');
    const { recipients, ownerEmail } = to;
    if (recipients.length === 0 && ownerEmail === null) return failed('nobody to write to', true);
    await mailer.send(encodeMail(alert), { recipients, ownerEmail }, signal);
    return { isDelivered: true };
  }

  return {
    async send(alert, to, signal) {
      try {
        return await (to.kind === 'email' ? byMail(alert, to, signal) : overHttp(alert, to, signal));
      } catch (error) {
        return failed(describe(error));
      }
    },
    close: () => agent.destroy(),
  };
}

function encodeFor(alert: AlertFacts, to: Destination, at: Date): HttpMessage | undefined {
  if (to.kind === 'slack') return encodeSlack(alert);
  if (to.kind === 'feishu') return encodeFeishu(alert, to.secret, at);
  const secret = readSecret(to.secret ?? '');
  return secret && encodeWebhook(alert, secret, at);
}

function failed(error: string, isFinal = false) {
  return { isDelivered: false as const, error, isFinal };
}

/** The start of an answer; an answer that breaks off afterwards has still been given. */
async function readSome(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop destroys the stream.
      if (bytes >= ANSWER_BYTES) break;
    }
  } catch {
    // What has come so far decides.
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Feishu refuses with status 200 and a code in the body (e.g. 19021: the signature is wrong). */
function feishuRefusal(text: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return 'Feishu gave no answer that can be read';
  }
  if (typeof answer !== 'object' || answer === null) return 'Feishu gave no answer that can be read';
  const code = 'code' in answer ? answer.code : 'StatusCode' in answer ? answer.StatusCode : undefined;
  return code === 0 ? undefined : `Feishu refused: code ${typeof code === 'number' ? code : 'missing'}`;
}

/** Codes only: messages of libraries repeat hosts, addresses and what servers said. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'could not be sent';
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error.name === 'AbortError') return 'the gateway was stopping';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const status =
    'responseCode' in error && typeof error.responseCode === 'number' ? ` ${error.responseCode}` : '';
  return `could not be sent: ${code}${status}`;
}
