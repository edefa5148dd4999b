// Requests and errors as the specs need them.
import type { ChatRequest, Turn } from '../../../src/canonical/request.ts';

export function chat(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'alias',
    system: [],
    turns: [turn('user', 'Hi')],
    maxOutputTokens: null,
    temperature: null,
    topP: null,
    stopSequences: [],
    stream: false,
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
