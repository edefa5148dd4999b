// Lines to paste that talk to this gateway. The key is a placeholder: the console does not know it.

export type SnippetKind = 'curl' | 'python' | 'javascript';
export const SNIPPET_KINDS = ['curl', 'python', 'javascript'] as const satisfies readonly SnippetKind[];

const MODEL = 'claude-3-haiku';
const PLACEHOLDER = 'YOUR_API_KEY';

/** The base URL that an OpenAI SDK wants. */
export function baseUrl(origin: string): string {
  return `${origin}/v1`;
}

export function snippet(kind: SnippetKind, origin: string): string {
  const url = baseUrl(origin);
  if (kind === 'curl') {
    return [
      `curl -N ${url}/chat/completions \\`,
      `  -H "Authorization: Bearer ${PLACEHOLDER}" \\`,
      '  -H "Content-Type: application/json" \\',
      `  -d '{"model": "${MODEL}", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'`,
    ].join('\n');
  }
  if (kind === 'python') {
    return [
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
    ].join('\n');
  }
  return [
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
  ].join('\n');
}
