// The exceptions of Bedrock Runtime: names, HTTP statuses and texts as the service model has them.
import type { JsonObject } from './json.ts';

const KNOWN = new Map<string, readonly [status: number, message: string]>([
  ['ThrottlingException', [429, 'Too many requests, please wait before trying again.']],
  ['ModelNotReadyException', [429, 'The model is not ready for inference. Wait and try your request again.']],
  ['ServiceQuotaExceededException', [400, 'Your request exceeds the service quota for your account.']],
  ['ServiceUnavailableException', [503, 'The service is currently unavailable.']],
  [
    'InternalServerException',
    [500, 'The system encountered an unexpected error during processing. Try your request again.'],
  ],
  [
    'ModelTimeoutException',
    [408, 'The model has timed out in processing the request. Try your request again.'],
  ],
  ['ModelErrorException', [424, 'The model has encountered an error while processing the request.']],
  ['ModelStreamErrorException', [424, 'The model has encountered an error during streaming.']],
  ['ValidationException', [400, 'The request is not valid.']],
  ['AccessDeniedException', [403, "You don't have access to the model with the specified model ID."]],
  ['ResourceNotFoundException', [404, 'Could not resolve the foundation model from the model identifier.']],
  ['ConflictException', [400, 'The request conflicts with the current state of the resource.']],
  ['UnrecognizedClientException', [403, 'The security token included in the request is invalid.']],
  ['ExpiredTokenException', [403, 'The security token included in the request is expired']],
  [
    'InvalidSignatureException',
    [403, 'The request signature we calculated does not match the signature you provided.'],
  ],
  ['MissingAuthenticationTokenException', [403, 'Missing Authentication Token']],
  ['IncompleteSignatureException', [403, 'Authorization header is not in the form the service expects.']],
  ['SerializationException', [400, 'The request body is not valid JSON.']],
  ['UnknownOperationException', [404, 'Unknown operation.']],
  ['RequestEntityTooLargeException', [413, 'The request body is larger than the service takes.']],
]);

export interface ServiceErrorFacts {
  status?: number | undefined;
  message?: string | undefined;
  /** Members beside `message`, e.g. `originalStatusCode`. */
  members?: JsonObject | undefined;
}

/** An answer of the service that is no success; `name` is the exception's name. */
export class ServiceError extends Error {
  readonly status: number;
  readonly members: JsonObject;

  constructor(name: string, facts: ServiceErrorFacts = {}) {
    const [status, message] = KNOWN.get(name) ?? [400, ''];
    super(facts.message ?? message);
    this.name = name;
    this.status = facts.status ?? status;
    this.members = facts.members ?? {};
  }
}

/** The body both an error answer and an exception frame carry. */
export function errorBody(error: ServiceError): string {
  return JSON.stringify({ message: error.message, ...error.members });
}

/** `ThrottlingException` -> `throttlingException`, as exception frames spell it. */
export function streamName(exceptionName: string): string {
  return exceptionName.charAt(0).toLowerCase() + exceptionName.slice(1);
}

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', { message });
}
