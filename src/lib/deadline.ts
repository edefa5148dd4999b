// A promise that must answer in time.

/**
 * @param onLate called once if the deadline passes first; it makes the error to reject with.
 */
export function withDeadline<T>(promise: Promise<T>, deadlineMs: number, onLate: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onLate()), deadlineMs);
    timer.unref();
    const settle =
      <V>(done: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        done(value);
      };
    promise.then(settle(resolve), settle(reject));
  });
}
