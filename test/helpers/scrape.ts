// What `GET /metrics` says, as numbers by series.
import type { TestGateway } from './gateway.ts';

/** @param token of `METRICS_TOKEN`, if it is set */
export async function scrape(gateway: TestGateway, token?: string): Promise<Map<string, number>> {
  const { status, body } = await gateway.api('GET', '/metrics', token === undefined ? {} : { key: token });
  if (status !== 200) throw new Error(`scrape answered ${status}`);
  const lines = (body as string).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const cut = line.lastIndexOf(' ');
      return [line.slice(0, cut), Number(line.slice(cut + 1))];
    }),
  );
}
