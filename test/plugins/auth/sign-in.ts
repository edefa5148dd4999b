// A browser that has signed in to the console.
import type { TestGateway } from '../../helpers/gateway.ts';

/** @returns the `cookie` header to send */
export async function signIn(gateway: TestGateway, secret: string): Promise<string> {
  const answer = await gateway.api('POST', '/console/session', { body: { api_key: secret } });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (answer.status !== 200 || cookie === undefined) throw new Error(`sign-in answered ${answer.status}`);
  return cookie;
}
