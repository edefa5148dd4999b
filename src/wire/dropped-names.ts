// The names of the parameters that were accepted and had no effect. They are reported in a response header, so
// only names that are safe there, and a bounded number of them, come out.

const HEADER_SAFE = /^[\w.-]{1,64}$/;
const MAX_NAMES = 32;
/** Stands for every name that is not told. */
const OTHERS = 'others';

/** Names in the order they came, each once; those that cannot be told are one `others`. */
export function createDroppedNames(): { add(name: string): void; list(): string[] } {
  const names = new Set<string>();
  return {
    add(name) {
      names.add(names.size < MAX_NAMES && HEADER_SAFE.test(name) ? name : OTHERS);
    },
    list: () => [...names],
  };
}
