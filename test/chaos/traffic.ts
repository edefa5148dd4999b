// The clients of a chaos run: chats, recharges that are tried again until their outcome is known, edits of a quota.
// They note what they saw; judging it is not theirs.
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { planQuota, planRecharge, planRequest, type RechargePlan, type RequestPlan } from './plan.ts';
import type { Incarnation } from './replica.ts';
import { ADMIN_KEY, type World } from './world.ts';

/**
 * - `answered`: complete, as far as the client can tell; `failed`: an error status or an error event
 * - `left`: the client went away; `lost`: the connection went; `unreachable`: there was none
 * - `hung`: nothing for half a minute
 */
export type Ending = 'answered' | 'failed' | 'left' | 'lost' | 'unreachable' | 'hung';

export interface Seen {
  plan: RequestPlan;
  incarnation: Incarnation;
  ending: Ending;
  status: number | null;
  /** The error's code, or its type. */
  code: string | null;
  /** Until the status line, ms. */
  latencyMs: number | null;
}

export interface SeenRecharge {
  plan: RechargePlan;
  tries: number;
  isAcknowledged: boolean;
}

export interface SeenRefusal {
  what: string;
  latencyMs: number;
}

export interface TrafficRecord {
  requests: Seen[];
  recharges: SeenRecharge[];
  /** How often the quota of the key `edited` may have been lowered. */
  quotaEdits: number;
  /** Administrative calls that were answered 503. */
  refusals: SeenRefusal[];
  /** Answers that no plan explains. */
  oddities: string[];
}

export interface Traffic {
  readonly record: TrafficRecord;
  /** No new requests; resolves when those under way have ended. */
  stop(): Promise<void>;
  /** Tries the recharges whose outcome is unknown until all are acknowledged. */
  finishRecharges(): Promise<void>;
}

/** Nobody knocks at a closed door all the time. */
const UNREACHABLE_REST_MS = 500;
const HUNG_MS = 40_000;

export function startTraffic(world: World, { seed, clients }: { seed: number; clients: number }): Traffic {
  const record: TrafficRecord = { requests: [], recharges: [], quotaEdits: 0, refusals: [], oddities: [] };
  const agent = new Agent({ connections: 256, pipelining: 0, headersTimeout: HUNG_MS, bodyTimeout: HUNG_MS });
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  let requests = 0;
  let recharges = 0;
  const rest = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  async function chatter(): Promise<void> {
    while (!stopping.signal.aborted) {
      const plan = planRequest(seed, requests);
      requests += 1;
      const seen = await chat(world, agent, plan);
      record.requests.push(seen);
      await rest(plan.restMs + (seen.ending === 'unreachable' ? UNREACHABLE_REST_MS : 0));
    }
  }

  async function payer(): Promise<void> {
    while (!stopping.signal.aborted) {
      const plan = planRecharge(seed, recharges);
      recharges += 1;
      const seen = { plan, tries: 0, isAcknowledged: false };
      record.recharges.push(seen);
      while (!seen.isAcknowledged && !stopping.signal.aborted) {
        await tryRecharge(seen);
        await rest(plan.restMs);
      }
    }
  }

  async function editor(): Promise<void> {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const { quota, replica, restMs } = planQuota(seed, number);
      record.quotaEdits += 1;
      const body = { id: world.keys.edited.id, month_quota: quota };
      await administer('/admin/api-key/update', replica, body);
      await rest(restMs);
    }
  }

  async function tryRecharge(seen: SeenRecharge): Promise<void> {
    const { id, key, amount, replicas } = seen.plan;
    const replica = replicas[seen.tries % replicas.length] ?? 0;
    seen.tries += 1;
    const body = { id: world.keys[key].id, balance: amount, reason: id };
    const status = await administer('/admin/api-key/recharge', replica, body, { 'idempotency-key': id });
    if (status === 200) seen.isAcknowledged = true;
  }

  /** @returns the status; null when there was no answer */
  async function administer(
    path: string,
    replica: number,
    body: object,
    headers = {},
  ): Promise<number | null> {
    const started = performance.now();
    const url = `${world.replicas[replica]?.url}${path}`;
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      const text = await answer.body.text();
      const latencyMs = performance.now() - started;
      if (answer.statusCode === 503) record.refusals.push({ what: path, latencyMs });
      else if (answer.statusCode !== 200) record.oddities.push(`${path}: ${answer.statusCode} ${text}`);
      return answer.statusCode;
    } catch (error) {
      if (isTimeout(error)) record.oddities.push(`${path}: no answer`);
      return null;
    }
  }

  const running = [...Array.from({ length: clients }, chatter), payer(), payer(), editor()];
  return {
    record,
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
    async finishRecharges() {
      for (const seen of record.recharges)
        while (!seen.isAcknowledged && seen.tries < 200) await tryRecharge(seen);
      await agent.close();
    },
  };
}

async function chat(world: World, dispatcher: Agent, plan: RequestPlan): Promise<Seen> {
  const replica = world.replicas[plan.replica];
  const key = world.keys[plan.key];
  if (replica === undefined) throw new Error(`no replica ${plan.replica}`);
  const seen: Seen = {
    plan,
    incarnation: replica.current(),
    ending: 'answered',
    status: null,
    code: null,
    latencyMs: null,
  };
  const leaving = new AbortController();
  const leave =
    plan.leavesAfterMs === null ? undefined : setTimeout(() => leaving.abort(), plan.leavesAfterMs);
  const started = performance.now();
  try {
    const answer = await request(`${replica.url}/v1/chat/completions`, {
      dispatcher,
      method: 'POST',
      signal: leaving.signal,
      headers: {
        authorization: `Bearer ${key.secret}`,
        'content-type': 'application/json',
        'x-request-id': plan.id,
      },
      body: JSON.stringify({
        model: 'claude-3-haiku',
        messages: [{ role: 'user', content: plan.prompt }],
        max_tokens: plan.maxTokens,
        stream: plan.isStreamed,
      }),
    });
    seen.latencyMs = performance.now() - started;
    seen.status = answer.statusCode;
    const text = await answer.body.text();
    if (seen.status === 200 && plan.isStreamed)
      seen.ending = text.includes('data: [DONE]') ? 'answered' : 'failed';
    else if (seen.status !== 200) Object.assign(seen, { ending: 'failed', code: errorCode(text) });
  } catch (error) {
    seen.ending = leaving.signal.aborted
      ? 'left'
      : isTimeout(error)
        ? 'hung'
        : isRefused(error)
          ? 'unreachable'
          : 'lost';
  } finally {
    clearTimeout(leave);
  }
  return seen;
}

function errorCode(text: string): string | null {
  try {
    // Our own envelope; anything else has no code.
    const { error } = JSON.parse(text) as { error?: { code?: string | null; type?: string } };
    return error?.code ?? error?.type ?? null;
  } catch {
    return null;
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');
const isTimeout = (error: unknown) => /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(codeOf(error));
const isRefused = (error: unknown) => codeOf(error) === 'ECONNREFUSED';
