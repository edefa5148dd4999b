// Anthropic's own SDK, and the programs whose requests are recorded.
import { anthropicRaw, anthropicRunner, anthropicStreamed } from './adapters/anthropic.ts';
import { brClient, claudeCode, codex, cursor } from './adapters/captures.ts';
import { runMatrix } from './run-matrix.ts';

runMatrix([anthropicRaw, anthropicStreamed, anthropicRunner, claudeCode, codex, cursor, brClient]);
