// A write started by a person: is it running, did it fail. Not vue-query's mutation, whose cache would keep the
// variables and the answer: some of them are secrets.
import { ref, shallowRef } from 'vue';
import { ApiError } from '../api/client.ts';

export function useAction<Input extends unknown[], Output>(perform: (...input: Input) => Promise<Output>) {
  const isRunning = ref(false);
  const error = shallowRef<ApiError | null>(null);

  /** Runs once at a time. @returns the answer, or undefined if it failed (see `error`) or one is still running. */
  async function run(...input: Input): Promise<Output | undefined> {
    if (isRunning.value) return undefined;
    isRunning.value = true;
    error.value = null;
    try {
      return await perform(...input);
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      error.value = cause;
      return undefined;
    } finally {
      isRunning.value = false;
    }
  }

  return { run, isRunning, error };
}
