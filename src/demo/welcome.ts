// What the demo prints. Pure.

export interface WelcomeFacts {
  /** Where the gateway listens. */
  url: string;
  /** The secrets, on the first start only: they are stored nowhere. */
  keys: { admin: string; user: string } | undefined;
  dataDir: string;
}

const PLACEHOLDER = 'br-YOUR-KEY';

export function welcome({ url, keys, dataDir }: WelcomeFacts): string {
  const key = keys?.user ?? PLACEHOLDER;
  return `
  BRConnector is running (Bedrock is simulated, everything else is real).

  Console   ${url}
${describeKeys(keys, dataDir)}
  Try it with curl:

curl -N ${url}/v1/chat/completions \\
  -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\
  -d '{"model":"claude-3-haiku","stream":true,"messages":[{"role":"user","content":"Why is the sky blue?"}]}'

  Or with the OpenAI SDK, from this folder:

node --input-type=module <<'JS'
import OpenAI from 'openai';
const client = new OpenAI({ baseURL: '${url}/v1', apiKey: '${key}' });
const stream = await client.chat.completions.create({
  model: 'claude-3-sonnet', stream: true,
  messages: [{ role: 'user', content: 'Write a haiku about gateways.' }],
}, { headers: { 'Session-Id': 'my-first-session' } });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
console.log();
JS

  Then look at the console: the exchange, its tokens and its exact fee are there. Ctrl-C stops everything.

`;
}

function describeKeys(keys: WelcomeFacts['keys'], dataDir: string): string {
  if (keys === undefined)
    return `  Keys      were shown on the first start; sign in with the admin key to make another.
            Lost them? Delete ${dataDir} and start again.
`;
  return `  Admin key ${keys.admin}   (sign in with it; shown only now)
  User key  ${keys.user}   (chat with it; shown only now)
`;
}
