// The error codes that the sources define, read from their text: some are not exported.
import { filesUnder, readDocument } from './documents.ts';

export interface ErrorCode {
  code: string;
  status: number;
}

/** @throws when a definition is not understood */
export function errorCodes(): ErrorCode[] {
  return filesUnder('src', '.ts').flatMap((path) => {
    const { text } = readDocument(path);
    const made = [...text.matchAll(/createError(?:<[^>]*>)?\(\s*'([A-Z_]+)',[\s\S]*?\b(\d{3}),?\s*\);/g)].map(
      ([, code = '', status]) => ({ code, status: Number(status) }),
    );
    const calls = text.match(/createError(?:<[^>]*>)?\(/g)?.length ?? 0;
    if (made.length !== calls) throw new Error(`${path}: a createError is not understood`);
    const described = [...text.matchAll(/status: (\d{3}),\s*code: '([A-Z_]+)'/g)].map(
      ([, status, code = '']) => ({ code, status: Number(status) }),
    );
    return [...made, ...described];
  });
}
