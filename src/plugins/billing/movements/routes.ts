import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { succeed, success } from '../../../lib/envelope.ts';
import { readIdempotencyKey } from '../../../lib/idempotency-key.ts';
import { readChange, readPositive } from '../amounts.ts';
import { MoneyAmountInvalid } from '../errors.ts';
import { AdjustBody, Adjusted, RefundBody, Refunded, TransferBody, Transferred } from './schemas.ts';
import type { MovementService, Mover } from './service.ts';

export const movementRoutes: FastifyPluginAsyncTypebox<{ movements: MovementService }> = async (
  app,
  { movements },
) => {
  const config = { access: 'admin' as const };

  app.post(
    '/admin/ledger/adjust',
    { config, schema: { body: AdjustBody, response: { 200: success(Adjusted) } } },
    async (request) => {
      const { key_id: keyId, amount, reason } = request.body;
      const change = { keyId, amount: readChange('amount', amount), reason };
      return succeed(await movements.adjust(change, moverOf(request)));
    },
  );
  app.post(
    '/admin/ledger/refund',
    { config, schema: { body: RefundBody, response: { 200: success(Refunded) } } },
    async (request) => {
      const { thread_id: threadId, amount, reason } = request.body;
      const back = amount === undefined ? null : readPositive('amount', amount);
      return succeed(await movements.refund({ threadId, amount: back, reason }, moverOf(request)));
    },
  );
  app.post(
    '/admin/ledger/transfer',
    { config, schema: { body: TransferBody, response: { 200: success(Transferred) } } },
    async (request) => {
      const { from_key_id: from, to_key_id: to, amount, reason } = request.body;
      if (from === to) throw new MoneyAmountInvalid('to_key_id', 'must be another key');
      const change = { from, to, amount: readPositive('amount', amount), reason };
      return succeed(await movements.transfer(change, moverOf(request)));
    },
  );
};

function moverOf({ principal, id, headers }: FastifyRequest): Mover {
  return {
    actor: principal.actor,
    requestId: id,
    idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
  };
}
