// A message that only shows whether a channel works, sent at once.
import { randomUUID } from 'node:crypto';
import { withDeadline } from '../../../lib/deadline.ts';
import type { ChannelRepository } from '../channels/repository.ts';
import { ChannelNotFound } from '../errors.ts';
import type { AlertEntry } from '../repository.ts';
import type { Delivery } from './delivery.ts';
import type { ClaimedDelivery, DeliveryEntry, DeliveryRepository } from './repository.ts';

export interface TestMessageDeps {
  repository: DeliveryRepository;
  channels: ChannelRepository;
  delivery: Pick<Delivery, 'attempt'>;
  leaseMs: number;
  log: { error(facts: object, message: string): void };
}

/** How long the caller waits for the outcome, ms: less than a route may take. The try itself goes on. */
const WAIT_MS = 1_800;

/** @returns the alert with its delivery; still `pending` if the receiver takes its time */
export async function sendTestMessage(
  { repository, channels, delivery, leaseMs, log }: TestMessageDeps,
  channelId: number,
): Promise<{ alert: AlertEntry; deliveries: DeliveryEntry[] }> {
  const { entry, claimed } = await channels.transaction(async (tx) => {
    const channel = await channels.lock(tx, channelId);
    if (channel === undefined) throw new ChannelNotFound();
    const made = await repository.insertTest(tx, channelId, randomUUID(), leaseMs);
    const { url, secret, recipients, kind } = channel;
    return {
      entry: made.alert,
      claimed: {
        id: made.deliveryId,
        alertId: made.alert.id,
        channelId,
        attempt: 1,
        attemptLimit: 1,
        isChannelActive: true,
        // It is about nobody's key, so it goes to the recipients only.
        destination: { kind, url, secret, recipients, ownerEmail: null },
        alert: {
          ...made.alert,
          watched: 'none',
          limit: made.alert.limitAmount,
        },
      } satisfies ClaimedDelivery,
    };
  });
  const work = delivery
    .attempt(claimed)
    .then(() => undefined)
    .catch((error: unknown) => log.error({ err: error }, 'delivering alerts failed'));
  await withDeadline(work, WAIT_MS, () => new Error('late')).catch(() => undefined);
  return { alert: entry, deliveries: await repository.listOf([entry.id]) };
}
