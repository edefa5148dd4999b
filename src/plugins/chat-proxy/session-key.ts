// Which conversation a request belongs to, by the first sign there is. See docs/decisions/0032-which-conversation.md.
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ChatRequest } from '../../canonical/request.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { SessionRef } from '../sessions/index.ts';
import { SessionIdInvalid } from './errors.ts';
import { openingOf } from './opening.ts';
import type { DialectName } from './voice.ts';

const SESSION_ID = /^[\w.:@/+=-]{1,128}$/;
/** Leaves room for the longest prefix. */
const CHAT_ID = /^[\w.:@/+=-]{1,120}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Claude Code's older `metadata.user_id`; only the session of it is looked at. */
const CLAUDE_CODE_USER = /^user_[^_]*_account_[^_]*_session_([0-9a-f-]{36})$/i;
const HASH_CHARACTERS = 32;

/** What a conversation is known by; `opening` waits for the answer that makes it one. */
export type SessionSign =
  | { kind: 'named'; session: SessionRef }
  | { kind: 'opening'; opening: string }
  | { kind: 'none' };

export interface SessionFacts {
  headers: FastifyRequest['headers'];
  dialect: DialectName;
  /** Of the dialect's own: Anthropic's `metadata.user_id`, OpenAI's `prompt_cache_key`. */
  hint: string | null;
  chat: Pick<ChatRequest, 'system' | 'turns'>;
  key: Pick<KeyPrincipal, 'id' | 'logging'>;
}

/** @throws SessionIdInvalid for a `Session-Id` that is none; any other sign that is not well formed is no sign */
export function sessionSignOf(facts: SessionFacts): SessionSign {
  const { headers, dialect, hint, key } = facts;
  const byHeader = headerSignOf(headers);
  if (byHeader.kind === 'named') return byHeader;
  const claudeCode = claudeCodeSession(hint) ?? uuidIn(headers['x-claude-code-session-id']);
  if (claudeCode !== null) return named('claude-code', `claude-code:${claudeCode}`);
  const chatId = headers['x-openwebui-chat-id'];
  if (typeof chatId === 'string' && CHAT_ID.test(chatId)) return named('chat', `chat:${chatId}`);
  // What an Anthropic client says there is a person, not a conversation.
  if (hint !== null && hint !== '' && dialect !== 'anthropic')
    return named('cache', `cache:${digest(key.id, hint)}`);
  // A hash of what was said is a trace of it.
  return key.logging === 'full' ? signOfTurns(facts) : { kind: 'none' };
}

/** Of work that is no conversation. @throws SessionIdInvalid */
export function headerSignOf({ 'session-id': id }: FastifyRequest['headers']): SessionSign {
  if (id === undefined) return { kind: 'none' };
  if (typeof id !== 'string' || !SESSION_ID.test(id)) throw new SessionIdInvalid();
  return named('header', id);
}

/** The name of the conversation that this opening and its first answer begin. */
export function turnsKey(keyId: number, opening: string, firstAnswer: string): string {
  return `turns:${digest(keyId, opening, firstAnswer)}`;
}

function signOfTurns({ chat, key }: SessionFacts): SessionSign {
  const { opening, firstAnswer } = openingOf(chat);
  if (opening === null) return { kind: 'none' };
  const text = digest(key.id, opening);
  return firstAnswer === null
    ? { kind: 'opening', opening: text }
    : named('turns', turnsKey(key.id, text, firstAnswer));
}

function named(origin: SessionRef['origin'], key: string): SessionSign {
  return { kind: 'named', session: { origin, key } };
}

/** Of both forms that Claude Code has had; the device and the account beside it are nobody's affair here. */
function claudeCodeSession(hint: string | null): string | null {
  if (hint === null || hint.length > 1_024) return null;
  const [, session] = CLAUDE_CODE_USER.exec(hint) ?? [];
  if (session !== undefined) return uuidIn(session);
  if (!hint.startsWith('{')) return null;
  try {
    const user: unknown = JSON.parse(hint);
    return typeof user === 'object' && user !== null && 'session_id' in user ? uuidIn(user.session_id) : null;
  } catch {
    return null;
  }
}

function uuidIn(value: unknown): string | null {
  return typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : null;
}

/** Never two keys' conversations in one, whatever they say. */
function digest(keyId: number, ...parts: string[]): string {
  return hash('sha256', JSON.stringify([keyId, ...parts]), 'hex').slice(0, HASH_CHARACTERS);
}
