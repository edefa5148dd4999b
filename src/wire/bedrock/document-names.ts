// Names of documents as Bedrock takes them. The model sees them, so nothing of a stranger's file name gets through
// but letters, digits and a few signs.

export interface DocumentNames {
  /** The name of the next document of the request; each once. */
  next(name: string | null): string;
}

/** Bedrock Runtime API reference, DocumentBlock: these, and no two spaces in a row. */
const ILLEGAL_CHARACTER = /[^a-zA-Z0-9\s\-()[\]]/g;
const MAX_LENGTH = 200;
/** Room for the number of a repeated name. */
const MAX_STEM = 190;

export function createDocumentNames(): DocumentNames {
  const used = new Set<string>();
  let count = 0;
  return {
    next(name) {
      count += 1;
      const stem = clean(name ?? '') || `document-${count}`;
      let unique = stem.slice(0, MAX_LENGTH);
      for (let copy = 2; used.has(unique); copy += 1)
        unique = `${stem.slice(0, MAX_STEM).trimEnd()} (${copy})`;
      used.add(unique);
      return unique;
    },
  };
}

function clean(name: string): string {
  return name.replace(ILLEGAL_CHARACTER, '').replace(/\s+/g, ' ').trim().slice(0, MAX_LENGTH).trimEnd();
}
