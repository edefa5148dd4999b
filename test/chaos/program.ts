// Which program the gateways of a run are: the compiled one beside us, or the sources where we run from them.
import { fileURLToPath } from 'node:url';

/** Node's arguments. */
export function gatewayProgram(): string[] {
  const isSource = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(`../../src/index.${isSource ? 'ts' : 'js'}`, import.meta.url));
  return isSource ? ['--import', 'tsx', file] : [file];
}
