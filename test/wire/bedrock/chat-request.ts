// Requests and errors as the specs need them.
import { type ChatRequest, PLAIN_REQUEST, type Turn } from '../../../src/canonical/request.ts';

export function chat(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    ...PLAIN_REQUEST,
    model: 'alias',
    turns: [turn('user', 'Hi')],
    ...changes,
  };
}

export function turn(role: Turn['role'], ...texts: string[]): Turn {
  return { role, content: texts.map((text) => ({ kind: 'text', text })) };
}

/** What the action threw; fails the caller's test if it threw nothing. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
