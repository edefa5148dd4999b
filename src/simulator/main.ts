// The simulator as a process of its own: PORT (8867), HOST (127.0.0.1), and a human pace unless
// SIMULATOR_PACE=instant.
import { createSimulator, HUMAN_PACE, INSTANT } from './simulator.ts';

const DEFAULT_PORT = 8867;

const { PORT, HOST, SIMULATOR_PACE } = process.env;
const port = PORT === undefined || PORT === '' ? DEFAULT_PORT : Number(PORT);
if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is not a port: ${PORT}`);

const simulator = await createSimulator({
  host: HOST || '127.0.0.1',
  port,
  pace: SIMULATOR_PACE === 'instant' ? INSTANT : HUMAN_PACE,
});
console.log(`Bedrock Runtime simulator on ${simulator.url}`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.close());
}
