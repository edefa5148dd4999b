// The gateway one writes first: Fastify, the AWS SDK's `send()` over HTTP/1.1 with as many sockets as it likes, and
// a mapping. No keys, no limits, no database.
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import Fastify from 'fastify';
import { chunk, completion, DONE } from '../workload.ts';
import { announce } from './announce.ts';

interface Body {
  messages: { role: 'user' | 'assistant'; content: string }[];
  max_tokens: number;
  stream: boolean;
}

const client = new BedrockRuntimeClient({
  region: 'us-east-1',
  endpoint: process.env.UPSTREAM_URL ?? '',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  requestHandler: new NodeHttpHandler({ httpAgent: new Agent({ keepAlive: true, maxSockets: 4096 }) }),
});

const app = Fastify();
app.post<{ Body: Body }>('/v1/chat/completions', async ({ body, id }, reply) => {
  const input: ConverseCommandInput = {
    modelId: 'anthropic.claude-3-haiku-20240307-v1:0',
    messages: body.messages.map(({ role, content }) => ({ role, content: [{ text: content }] })),
    inferenceConfig: { maxTokens: body.max_tokens },
  };
  if (!body.stream) {
    const { output, usage } = await client.send(new ConverseCommand(input));
    const { inputTokens = 0, outputTokens = 0, totalTokens = 0 } = usage ?? {};
    const text = output?.message?.content?.map((block) => block.text ?? '').join('') ?? '';
    return completion(id, text, { inputTokens, outputTokens, totalTokens });
  }
  const answer = await client.send(new ConverseStreamCommand(input));
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream' });
  for await (const event of answer.stream ?? []) {
    if (event.messageStart) raw.write(chunk(id, { role: 'assistant', content: '' }));
    else if (event.contentBlockDelta) raw.write(chunk(id, { content: event.contentBlockDelta.delta?.text }));
    else if (event.messageStop) raw.write(chunk(id, {}, 'stop'));
  }
  raw.end(DONE);
  return reply;
});
await app.listen({ host: '127.0.0.1', port: 0 });
// A server that listens on TCP has an AddressInfo.
announce((app.server.address() as AddressInfo).port);
