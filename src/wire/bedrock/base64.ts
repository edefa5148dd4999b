// Bytes that come in several pieces of base64, each with a padding of its own.

/** One base64 text of all the bytes; a single piece stays as it is. */
export function joinBase64(pieces: readonly string[]): string {
  const [only = ''] = pieces;
  if (pieces.length <= 1) return only;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
}
