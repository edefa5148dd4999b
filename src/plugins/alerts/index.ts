// Budget alerts: says once, through an outbox and the administrators' channels, that a quota or budget is nearly or
// wholly used. Nothing here stands in a chat request's way.
import fp from 'fastify-plugin';
import { createChannelRepository } from './channels/repository.ts';
import { createChannelService } from './channels/service.ts';
import { createDelivery, type Delivery } from './deliveries/delivery.ts';
import { createMailer, type MailSettings } from './deliveries/mailer.ts';
import { createDeliveryRepository } from './deliveries/repository.ts';
import { createSenders } from './deliveries/senders.ts';
import { sendTestMessage } from './deliveries/test-message.ts';
import { createAlertRepository } from './repository.ts';
import { alertRoutes } from './routes.ts';
import { sweep } from './sweep.ts';

export interface AlertOptions {
  /** Percent of a quota or budget. */
  thresholds: readonly number[];
  /** Pause between two looks of this process, ms; 0: it never looks and sends nothing by itself. */
  intervalMs: number;
  /** Undefined: no e-mail. */
  mail: MailSettings | undefined;
}

declare module 'fastify' {
  interface FastifyInstance {
    alerts: {
      /** Announces what there is to say. @returns how many alerts */
      sweep(): Promise<number>;
      /** Sends what is due. @param leaseMs instead of the usual one @returns how many tries */
      deliver(leaseMs?: number): Promise<number>;
    };
  }
}

const TIMEOUT_MS = 10_000;
/** A try and what is written down after it, with room for a slow database. */
const LEASE_MS = 60_000;

export default fp<AlertOptions>(
  async (app, { thresholds, intervalMs, mail }) => {
    const repository = createAlertRepository(app.database);
    const deliveries = createDeliveryRepository(app.database);
    const channels = createChannelRepository({ db: app.database.db });
    const mailer = mail && createMailer(mail, TIMEOUT_MS);
    const senders = createSenders({ mailer, now: () => new Date() });
    const delivery = createDelivery({
      repository: deliveries,
      senders,
      timeoutMs: TIMEOUT_MS,
      leaseMs: LEASE_MS,
      random: Math.random,
      log: app.log,
    });
    const verbs = {
      sweep: () => sweep({ repository, thresholds }),
      deliver: (leaseMs?: number) => delivery.deliver(leaseMs),
    };

    app.decorate('alerts', verbs);
    app.register(alertRoutes, {
      alerts: repository,
      deliveries,
      channels: createChannelService({
        repository: channels,
        auditLog: app.auditLog,
        canMail: mail !== undefined,
      }),
      test: (channelId) =>
        sendTestMessage(
          { repository: deliveries, channels, delivery, leaseMs: LEASE_MS, log: app.log },
          channelId,
        ),
    });
    if (intervalMs > 0) keepGoing(delivery);
    app.addHook('onClose', async () => {
      await delivery.close();
      await senders.close();
    });

    function keepGoing(of: Pick<Delivery, 'deliver'>) {
      const announce = once(verbs.sweep, (error) =>
        app.log.error({ err: error }, 'the sweep for alerts failed'),
      );
      const send = once(of.deliver, (error) => app.log.error({ err: error }, 'delivering alerts failed'));
      const timer = setInterval(() => void announce().then(send), intervalMs);
      timer.unref();
      app.addHook('preClose', async () => clearInterval(timer));
    }
  },
  { name: 'alerts', fastify: '5.x', dependencies: ['database', 'auth', 'audit-log'] },
);

/** Does nothing while its last call is still at work; failures are told and do not stop what follows. */
function once(work: () => Promise<unknown>, onError: (error: unknown) => void): () => Promise<void> {
  let isAtWork = false;
  return async () => {
    if (isAtWork) return;
    isAtWork = true;
    await work()
      .catch(onError)
      .finally(() => {
        isAtWork = false;
      });
  };
}
