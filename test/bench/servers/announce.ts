// How a server of the benchmark tells its parent where it listens, and ends with it.

export function announce(port: number): void {
  process.send?.({ port });
  process.once('disconnect', () => process.exit());
  // An orderly exit, or a CPU profile would not be written.
  process.once('SIGTERM', () => process.exit());
  // Ctrl-C reaches the whole group: the parent ends us when it has read what it needs.
  process.on('SIGINT', () => undefined);
}
