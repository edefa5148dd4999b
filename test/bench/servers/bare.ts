// Fastify with constant answers: what the framework alone costs.
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { constantAnswer } from '../workload.ts';
import { announce } from './announce.ts';

const sync = constantAnswer('sync');
const stream = constantAnswer('stream');

const app = Fastify();
app.post<{ Body: { stream: boolean } }>('/v1/chat/completions', (request, reply) =>
  request.body.stream
    ? reply.type('text/event-stream').send(stream)
    : reply.type('application/json').send(sync),
);
await app.listen({ host: '127.0.0.1', port: 0 });
// A server that listens on TCP has an AddressInfo.
announce((app.server.address() as AddressInfo).port);
