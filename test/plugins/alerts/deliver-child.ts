// A process that delivers what is due, with a lease of so many ms, and is killed by the test that started it.
import { loadConfig } from '../../../src/config.ts';
import { openDatabase } from '../../../src/db/client.ts';
import { createDelivery } from '../../../src/plugins/alerts/deliveries/delivery.ts';
import { createDeliveryRepository } from '../../../src/plugins/alerts/deliveries/repository.ts';
import { createSenders } from '../../../src/plugins/alerts/deliveries/senders.ts';

const [environment = '{}', leaseMs] = process.argv.slice(2);
const { connection } = loadConfig({ env: JSON.parse(environment), requireAdminKey: false }).database;
if (connection === undefined) throw new Error('no database was named');
const delivery = createDelivery({
  repository: createDeliveryRepository(openDatabase({ connection, maxConnections: 3, timeZone: 'UTC' })),
  senders: createSenders({ mailer: undefined, now: () => new Date() }),
  timeoutMs: 10_000,
  leaseMs: Number(leaseMs),
  random: Math.random,
  log: console,
});
await delivery.deliver();
