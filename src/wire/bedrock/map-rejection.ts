// Texts of refused requests -> what was wrong with them, and what an administrator can do. Bedrock has one exception for
// all of it (ValidationException), so its wording is all there is to go by.
import type { Blame } from '../../canonical/upstream-error.ts';

type Reading = readonly [text: RegExp, blame: (match: RegExpExecArray) => Blame];

const unsupported = (field: string) => (): Blame => ({ kind: 'unsupported_value', field });

/** The first that fits counts. */
const BLAMES: readonly Reading[] = [
  [
    /maximum tokens you requested exceeds the model limit/i,
    () => ({ kind: 'invalid_value', field: 'max_tokens' }),
  ],
  [/doesn['’]t support tool use/i, unsupported('tools')],
  [/doesn['’]t support the .{1,80} content block/i, unsupported('messages')],
  [/doesn['’]t support system messages/i, unsupported('messages')],
  [/temperature`? and `?top_p`? cannot both be specified/i, unsupported('top_p')],
  [/`?([\w.]{1,80}?)`? is deprecated for this model/i, ([, name]) => parameter(name)],
  [/([\w.[\]]{1,200}): extra inputs are not permitted/i, ([, name]) => parameter(name)],
  [/extraneous key \[(\w{1,80})\] is not permitted/i, ([, name]) => parameter(name)],
];

export function blameOf(message: string): Blame | undefined {
  for (const [text, blame] of BLAMES) {
    const match = text.exec(message);
    if (match !== null) return blame(match);
  }
  return undefined;
}

function parameter(name: string | undefined): Blame {
  return { kind: 'unsupported_parameter', field: name ?? null };
}

const HINTS: readonly (readonly [text: RegExp, hint: string])[] = [
  [
    /on-demand throughput isn/i,
    'An administrator can point this name at an inference profile of the model, such as `us.` or `global.` before its id.',
  ],
  [/model identifier is invalid/i, 'An administrator can correct the target of this name.'],
  [/end of its life/i, 'An administrator can point this name at another model.'],
  [/toolConfig field must be defined/i, 'The gateway wrote this request wrongly: please report it.'],
];

export function hintOf(message: string): string | undefined {
  return HINTS.find(([text]) => text.test(message))?.[1];
}
