// What is noticed on the way through a body and told when it has been read.
import { createDroppedNames } from '../dropped-names.ts';

export interface Notes {
  /** Something has no effect here; its name in the client's words. */
  drop(name: string): void;
  /** The client places cache points itself. */
  hasCachePoints: boolean;
  /** Safe in a header. */
  dropped(): string[];
}

export function createNotes(): Notes {
  const names = createDroppedNames();
  return { drop: names.add, hasCachePoints: false, dropped: names.list };
}
