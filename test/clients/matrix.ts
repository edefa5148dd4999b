// The columns of the matrix, and its page in the documentation.
import { anthropicRaw, anthropicRunner, anthropicStreamed } from './adapters/anthropic.ts';
import { brClient, claudeCode, codex, cursor } from './adapters/captures.ts';
import { langChainClients } from './adapters/langchain.ts';
import { openAiHelpers, openAiRaw, openAiStreamed } from './adapters/openai-chat.ts';
import { responsesRaw, responsesStreamed } from './adapters/openai-responses.ts';
import { vercelClients } from './adapters/vercel.ts';
import { type Client, FEATURE_GROUPS, FEATURE_NAMES } from './ask.ts';
import { isTried } from './features.ts';

export const CLIENTS: readonly Client[] = [
  openAiRaw,
  openAiStreamed,
  openAiHelpers,
  responsesRaw,
  responsesStreamed,
  anthropicRaw,
  anthropicStreamed,
  anthropicRunner,
  ...vercelClients,
  ...langChainClients,
  claudeCode,
  codex,
  cursor,
  brClient,
];

const INTRODUCTION = `# Clients

Generated from the tests by \`npm run docs:clients\`; \`npm test\` runs every cell of it against the whole gateway, with the
real client where there is one and with its recorded request shape where it cannot run in a test, and fails when this page
is not what the tests say. **✓** works; a number points to the reason why the client cannot ask for it.

\`BASE_URL\` is where the gateway listens, for example \`http://localhost:8866\`; \`KEY\` is a virtual key; \`MODEL\` one of the
names in \`GET /v1/models\`.
`;

/** The page as it must stand in docs/clients.md. */
export function describeMatrix(): string {
  const reasons: string[] = [];
  const noteOf = (reason: string) => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return String(reasons.indexOf(reason) + 1);
  };
  const tables = Object.entries(FEATURE_GROUPS).flatMap(([group, features]) => [
    `## ${group}`,
    '',
    `| | ${features.map(capital).join(' | ')} |`,
    `|---|${features.map(() => ':-:').join('|')}|`,
    ...CLIENTS.map(({ name, cannot }) => {
      const cells = features.map((feature) => {
        const reason = cannot[feature];
        return reason === undefined ? '✓' : noteOf(reason);
      });
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
    '',
  ]);
  const tried = CLIENTS.flatMap((client) => FEATURE_NAMES.filter((feature) => isTried(client, feature)));
  return [
    INTRODUCTION,
    ...tables,
    `${CLIENTS.length} clients, ${FEATURE_NAMES.length} features, ${tried.length} cells.`,
    '',
    ...reasons.map((reason, index) => `${index + 1}. ${capital(reason)}.`),
    '',
    '## Setting them up',
    '',
    ...CLIENTS.flatMap(describeSetUp),
  ].join('\n');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Clients that are set up alike share a snippet. */
function describeSetUp(client: Client, index: number): string[] {
  const first = CLIENTS.findIndex(({ setUp }) => setUp.code === client.setUp.code);
  if (first !== index) return [];
  const alike = CLIENTS.filter(({ setUp }) => setUp.code === client.setUp.code);
  return [
    `### ${client.name}`,
    '',
    ...alike.map(({ name, description }) => `- ${name}: ${description}`),
    '',
    `\`\`\`${client.setUp.language}`,
    client.setUp.code,
    '```',
    '',
  ];
}
