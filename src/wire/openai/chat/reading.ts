// What reading one message needs beside the message.
import type { CacheOptions } from './decode-cache.ts';

export interface Reading {
  cache: CacheOptions;
  /** The older kind of call has no id: one is made, and found again by its result. */
  functionCalls: FunctionCalls;
  /** Takes the name of what is left out. */
  drop(name: string): void;
}

/** Ids for calls that have none, each for one result of the same name. */
export class FunctionCalls {
  #count = 0;
  readonly #open: { name: string; id: string }[] = [];

  made(name: string): string {
    this.#count += 1;
    const id = `call_function_${this.#count}`;
    this.#open.push({ name, id });
    return id;
  }

  /** Undefined: no call of that name waits for a result. */
  answered(name: string): string | undefined {
    const at = this.#open.findIndex((call) => call.name === name);
    return at === -1 ? undefined : this.#open.splice(at, 1)[0]?.id;
  }
}
