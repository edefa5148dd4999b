// Runs some columns of the matrix: one gateway for all their cells, a clean simulator for each.
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { type Client, FEATURE_NAMES } from './ask.ts';
import { FEATURES, isTried } from './features.ts';

export function runMatrix(clients: readonly Client[]): void {
  t.test('each client is understood in every feature it has a word for', async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey({ month_quota: '1000' });
    const server = { url: gateway.url, key: key.secret };
    for (const client of clients)
      await t.test(client.name, async (t) => {
        for (const feature of FEATURE_NAMES) {
          if (!isTried(client, feature)) continue;
          gateway.simulator.reset();
          await t.test(feature, (t) => FEATURES[feature]({ t, gateway, client, server, key }));
        }
      });
  });
}
