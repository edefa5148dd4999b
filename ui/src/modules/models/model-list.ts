// How the list of models may be filtered and sorted; what an address asks for is checked against it.
import type { ModelListQuery } from '../../../../src/plugins/models/schemas.ts';

export type ModelSort = NonNullable<ModelListQuery['orderBy']>;

export function readModelSort(text: string | undefined): ModelSort | undefined {
  const match = /^(id|name|vendor|update)-([01])$/.exec(text ?? '');
  return match ? (match[0] as ModelSort) : undefined; // the pattern lists exactly the schema's values
}

export function readRetired(text: string | undefined): 'true' | 'false' | undefined {
  return text === 'true' || text === 'false' ? text : undefined;
}
