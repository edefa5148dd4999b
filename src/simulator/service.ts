// Serves one call of the API: checks, answer, journal. The routes above it deal with HTTP, the plan below with
// what is said.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { authorizationScheme, requireAuthorization } from './authorization.ts';
import type { Call } from './call.ts';
import { readConverse } from './converse.ts';
import { readCountTokens } from './count-call.ts';
import { CLIENT_CLOSED, deliverAtOnce, deliverInSteps } from './deliver.ts';
import { type Delivery, isAtOnce } from './delivery.ts';
import { ServiceError } from './errors.ts';
import type { Gates } from './gates.ts';
import { readInvoke } from './invoke.ts';
import type { JournalEntry, JournalWriter } from './journal.ts';
import { isObject, type JsonObject } from './json.ts';
import { decodeModelId, type Operation, type Route } from './operation.ts';
import type { Outgoing } from './outgoing.ts';
import { type PlanDeps, planDelivery, planError } from './plan.ts';
import type { RuleBook } from './rule-book.ts';

export interface ServiceDeps extends PlanDeps {
  rules: RuleBook;
  gates: Gates;
  journal: JournalWriter;
  /** A call that loses its connection because the simulator closes was cut, not left. */
  isClosing(): boolean;
}

export interface Incoming {
  route: Route;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export type Serve = (incoming: Incoming, response: Outgoing) => void;

export function createService(deps: ServiceDeps): Serve {
  const { journal, rules, gates } = deps;

  function plan(incoming: Incoming, entry: JournalEntry): Delivery {
    try {
      const call = readCall(incoming, entry);
      return planDelivery(call, rules.take(call), entry.id, deps);
    } catch (error) {
      // What was written before the failure must not begin the next answer.
      deps.writer.take();
      // Anything else is a mistake of ours or of a rule: the caller sees it as a broken service.
      const told =
        error instanceof ServiceError
          ? error
          : new ServiceError('InternalServerException', { message: `simulator: ${String(error)}` });
      return planError(told, entry.id);
    }
  }

  return (incoming, response) => {
    const entry = newEntry(incoming);
    journal.begin(entry, incoming.body.length);
    const delivery = plan(incoming, entry);
    if (isAtOnce(delivery)) {
      deliverAtOnce(response, delivery, entry);
      journal.finish(entry, delivery.outcome);
      return;
    }
    deliverInSteps(response, delivery, entry, gates).then(
      (status) => journal.finish(entry, status === CLIENT_CLOSED && deps.isClosing() ? 'cut' : status),
      (error: unknown) => journal.finish(entry, `simulator: ${String(error)}`),
    );
  };
}

const READERS: Readonly<Record<Operation, typeof readConverse>> = {
  Converse: readConverse,
  ConverseStream: readConverse,
  CountTokens: readCountTokens,
  InvokeModel: readInvoke,
  InvokeModelWithResponseStream: readInvoke,
};

function readCall({ route, headers, body }: Incoming, entry: JournalEntry): Call {
  requireAuthorization(headers);
  const modelId = decodeModelId(route.encodedModelId);
  entry.modelId = modelId;
  try {
    entry.request = JSON.parse(body.toString());
  } catch {
    throw new ServiceError('SerializationException');
  }
  const call = READERS[route.operation](entry.request, route.operation, modelId);
  const metadata = metadataOf(headers);
  return metadata === null ? call : { ...call, requestMetadata: metadata };
}

/** Of InvokeModel, whose body is the model's own; null: the header is not there. */
function metadataOf(headers: IncomingHttpHeaders): JsonObject | null {
  const value = headerOf(headers, 'x-amzn-bedrock-request-metadata');
  if (value === null) return null;
  try {
    const metadata: unknown = JSON.parse(value);
    if (isObject(metadata)) return metadata;
  } catch {
    // Told below.
  }
  throw new ServiceError('ValidationException', { message: 'requestMetadata is not a JSON object' });
}

function newEntry({ route, headers }: Incoming): JournalEntry {
  return {
    id: randomUUID(),
    operation: route.operation,
    modelId: route.encodedModelId,
    at: Date.now(),
    request: null,
    headers: {
      authorization: authorizationScheme(headers.authorization),
      userAgent: headers['user-agent'] ?? null,
      invocationId: headerOf(headers, 'amz-sdk-invocation-id'),
      attempt: headerOf(headers, 'amz-sdk-request'),
    },
    status: 'open',
    usage: null,
    outputText: '',
    framesWritten: 0,
    finishedAt: null,
  };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}
