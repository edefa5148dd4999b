// Signing in to the console: a key is traded for an HttpOnly cookie session, so no key stays in the browser.
import { Type } from 'typebox';
import { nullable, Time } from '../../lib/fields.ts';

export const SignInBody = Type.Object(
  { api_key: Type.String({ minLength: 1, maxLength: 512 }) },
  { additionalProperties: false },
);
export type SignInBody = Type.Static<typeof SignInBody>;

/** Who is signed in. The bootstrap key has no id and may only administer. */
export const ConsoleIdentity = Type.Object({
  id: nullable(Type.Integer()),
  name: Type.String(),
  role: Type.Enum(['user', 'admin', 'bootstrap']),
  expires_at: Time,
});
export type ConsoleIdentity = Type.Static<typeof ConsoleIdentity>;
