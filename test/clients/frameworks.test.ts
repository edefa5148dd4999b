// The Vercel AI SDK and LangChain, and the page that tells of all clients.
import { langChainClients } from './adapters/langchain.ts';
import { vercelClients } from './adapters/vercel.ts';
import './page.spec.ts';
import { runMatrix } from './run-matrix.ts';

runMatrix([...vercelClients, ...langChainClients]);
