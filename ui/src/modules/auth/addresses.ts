// Addresses that a person or a link hands to the sign-in page, read with suspicion.

/** Where to go after signing in: a path of this console, never another site. */
export function safeReturnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !/^\/(?![/\\])/.test(wanted)) return '/';
  // Resolved as a browser would: tabs, line ends and back slashes must not smuggle in another host.
  const base = 'http://console.invalid';
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : null;
  if (url?.origin !== base || url.pathname === '/sign-in') return '/';
  return url.pathname + url.search + url.hash;
}

/**
 * The origin of the gateway that a person typed: `gateway.example`, `http://10.0.0.5:8866/`.
 * @returns null if it names no web server. Without a scheme the console's own is used.
 */
export function readHost(typed: string, ownProtocol: string): string | null {
  const text = typed.trim();
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${ownProtocol}//${text}`;
  if (text === '' || !URL.canParse(address)) return null;
  const url = new URL(address);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.hostname !== '' && url.username === '' && url.password === '' ? url.origin : null;
}
