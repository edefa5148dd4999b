// The language tests tell the simulator what to do in: plain JSON, so that it works in process and over HTTP.
import type { JsonObject } from './json.ts';
import type { Operation } from './operation.ts';

/** The first rule in order of arrival that matches and is not used up answers a call. */
export interface Rule {
  /** All members given must hold; without `match` every call matches. */
  match?: Match;
  /** How many calls the rule answers; without it, all. Two throttles, then an answer = two rules. */
  times?: number;
  behaviour: Behaviour;
}

export interface Match {
  /** The decoded id or ARN, exactly. */
  modelId?: string;
  operation?: Operation;
  /** Part of the text of the last user message. */
  textIncludes?: string;
  /** Pairs the request's `requestMetadata` holds. */
  requestMetadata?: Readonly<Record<string, string>>;
}

export type Behaviour = AnswerBehaviour | ErrorBehaviour | RawBehaviour | CutBehaviour | StallBehaviour;

/** What can be waited for before the first byte of any behaviour. */
export interface Wait {
  /** Milliseconds before the status line. */
  firstByteDelayMs?: number;
  /** Waits until the test releases the gate of this name. */
  gate?: Gate;
}

/** A place in a stream. Without either member: as the member that uses it says. */
export interface Place {
  /** After so many frames (`messageStart` is the first). */
  afterFrames?: number;
  /** After so many deltas. */
  afterDeltas?: number;
}

/** Without a place: before the status line. `afterFrames: 0` is between the headers and the first frame. */
export interface Gate extends Place {
  name: string;
}

/** A 200 answer. What is not said here is as in an unscripted answer; scripted text is never cut or stopped. */
export interface AnswerBehaviour extends Wait {
  kind: 'answer';
  /** The whole text, split into deltas by the simulator. At most one of `text`, `deltas`, `blocks`. */
  text?: string;
  /** The text, one delta each. */
  deltas?: readonly string[];
  /** The content in full; an empty list is an answer without content. */
  blocks?: readonly ScriptedBlock[];
  /** Sent word for word as Converse's `usage`, however absurd; null leaves the member out. */
  usage?: JsonObject | null;
  /** false: the `metadata` event (of a whole answer: `usage` and `metrics`) is not sent. */
  metadata?: boolean;
  /** Any word; null leaves the member out. */
  stopReason?: string | null;
  /** Converse's `additionalModelResponseFields`. Unscripted: what the request's paths ask for, as far as it is known. */
  responseFields?: JsonObject;
  /** The tier that served; null leaves the member out. Unscripted: the one that was asked for. */
  serviceTier?: string | null;
  /** Converse's `trace`, of guardrails. */
  trace?: JsonObject;
  /** `metrics.latencyMs`. */
  latencyMs?: number;
  /** Pause before each frame but the first. */
  betweenFramesMs?: number;
  /** Writes to the connection in pieces of so many bytes. */
  bytesPerWrite?: number;
  /** Frames the API does not know, or deltas it does not: each at its place (default: first). */
  insert?: readonly InsertedFrame[];
  /** How the stream goes wrong. An answer in one piece is broken in the middle of its body instead. */
  fault?: Fault;
}

export type ScriptedBlock =
  | { text: string | readonly string[] }
  /** Text with its sources, as Converse words them; in a stream they come behind the text. */
  | { cited: { text: string | readonly string[]; citations: readonly JsonObject[] } }
  /** `input`: fragments of JSON text; none at all is a tool called without arguments. */
  | { toolUse: { toolUseId: string; name: string; input: readonly string[] } }
  | { reasoning: { text: readonly string[]; signature?: string } }
  /** Base64; several are as many deltas. */
  | { redactedReasoning: string | readonly string[] };

export interface InsertedFrame extends Place {
  eventType: string;
  payload: JsonObject;
}

/** Each happens at its place; without one: before the first frame, `clean-end` before `messageStop`. */
export type Fault = Place &
  (
    | {
        /** An exception frame, then the end. A whole answer becomes that error. */
        kind: 'exception';
        /** E.g. `ThrottlingException`; frames spell it `throttlingException`. */
        name: string;
        message?: string;
        members?: JsonObject;
      }
    /** A frame of `:message-type` error, then the end. */
    | { kind: 'error-frame'; code: string; message?: string }
    /** The connection goes (`reset`: by RST or RST_STREAM). */
    | { kind: 'cut'; how?: CutKind }
    /** Half of the next frame, then the end. */
    | { kind: 'half-frame' }
    /** The next frame has a wrong checksum; the rest follows. */
    | { kind: 'bad-crc' }
    /** An end without `messageStop`, as if all were well. */
    | { kind: 'clean-end' }
    /** Nothing more, ever; the connection stays open. */
    | { kind: 'stall' }
  );

export type CutKind = 'close' | 'reset';

/** An error answer, before any stream. */
export interface ErrorBehaviour extends Wait {
  kind: 'error';
  /** E.g. `ThrottlingException`; a name the service model lacks works too. */
  exception: string;
  /** Default: the exception's own. */
  status?: number;
  message?: string;
  /** Members of the body beside `message`, e.g. `originalStatusCode`. */
  members?: JsonObject;
  /** Value of the `retry-after` header. */
  retryAfterSeconds?: number;
  /** Further headers; `''` for `x-amzn-errortype` leaves that one out. */
  headers?: Readonly<Record<string, string>>;
}

/** Anything at all, e.g. a proxy's HTML page with status 502. */
export interface RawBehaviour extends Wait {
  kind: 'raw';
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

/** The connection goes before a status line. For later, see `Fault`. */
export interface CutBehaviour extends Wait {
  kind: 'cut';
  how?: CutKind;
}

/** No byte, ever; the connection stays open. */
export interface StallBehaviour extends Wait {
  kind: 'stall';
}
