// Lines to paste that talk to this gateway. The key is a placeholder: the console does not know it.

export const SNIPPET_KINDS = ['curl', 'python', 'javascript', 'anthropic', 'claude-code'] as const;
export type SnippetKind = (typeof SNIPPET_KINDS)[number];

const MODEL = 'claude-3-haiku';
const PLACEHOLDER = 'YOUR_API_KEY';

/** The base URL that such a client wants: Anthropic's add `/v1` themselves. */
export function baseUrl(kind: SnippetKind, origin: string): string {
  return kind === 'anthropic' || kind === 'claude-code' ? origin : `${origin}/v1`;
}

export function snippet(kind: SnippetKind, origin: string): string {
  return SNIPPETS[kind](baseUrl(kind, origin)).join('\n');
}

const SNIPPETS: Readonly<Record<SnippetKind, (url: string) => string[]>> = {
  curl: (url) => [
    `curl -N ${url}/chat/completions \\`,
    `  -H "Authorization: Bearer ${PLACEHOLDER}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '{"model": "${MODEL}", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'`,
  ],
  python: (url) => [
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url="${url}", api_key="${PLACEHOLDER}")`,
    'stream = client.chat.completions.create(',
    `    model="${MODEL}", stream=True,`,
    '    messages=[{"role": "user", "content": "Hello"}],',
    ')',
    'for chunk in stream:',
    '    if chunk.choices:',
    '        print(chunk.choices[0].delta.content or "", end="")',
  ],
  javascript: (url) => [
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: '${url}', apiKey: '${PLACEHOLDER}' });`,
    'const stream = await client.chat.completions.create({',
    `  model: '${MODEL}', stream: true,`,
    "  messages: [{ role: 'user', content: 'Hello' }],",
    '});',
    'for await (const chunk of stream) {',
    "  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');",
    '}',
  ],
  anthropic: (url) => [
    'from anthropic import Anthropic',
    '',
    `client = Anthropic(base_url="${url}", api_key="${PLACEHOLDER}")`,
    'with client.messages.stream(',
    `    model="${MODEL}", max_tokens=1024,`,
    '    messages=[{"role": "user", "content": "Hello"}],',
    ') as stream:',
    '    for text in stream.text_stream:',
    '        print(text, end="")',
  ],
  'claude-code': (url) => [
    `export ANTHROPIC_BASE_URL=${url}`,
    `export ANTHROPIC_AUTH_TOKEN=${PLACEHOLDER}`,
    `export ANTHROPIC_MODEL=${MODEL}`,
    'claude',
  ],
};
