// Where the model says it has a statement from. The house keeps citations as the upstream words them (Converse,
// `Citation` and `CitationsDelta`); here they become Anthropic's.
import type { JsonObject } from '../../canonical/content.ts';

/** Citations of the members of `TextCitation` (@anthropic-ai/sdk) that can happen here. */
export type WireCitation = { cited_text: string } & JsonObject;

type Place = (location: JsonObject, citation: JsonObject) => JsonObject;

/** By the one member that Converse's `location` has. A place on the web cannot be told: Anthropic's has a secret index. */
const PLACES: readonly [member: string, place: Place][] = [
  [
    'documentChar',
    (at, citation) => ({
      type: 'char_location',
      ...documentOf(at, citation),
      start_char_index: numberOf(at.start),
      end_char_index: numberOf(at.end),
    }),
  ],
  [
    'documentPage',
    (at, citation) => ({
      type: 'page_location',
      ...documentOf(at, citation),
      start_page_number: numberOf(at.start),
      end_page_number: numberOf(at.end),
    }),
  ],
  [
    'documentChunk',
    (at, citation) => ({
      type: 'content_block_location',
      ...documentOf(at, citation),
      start_block_index: numberOf(at.start),
      end_block_index: numberOf(at.end),
    }),
  ],
  [
    'searchResultLocation',
    (at, citation) => ({
      type: 'search_result_location',
      search_result_index: numberOf(at.searchResultIndex),
      source: textOf(citation.source) ?? '',
      title: textOf(citation.title),
      start_block_index: numberOf(at.start),
      end_block_index: numberOf(at.end),
    }),
  ],
];

/** Null: it says nothing that this dialect has a word for. */
export function encodeCitation(citation: JsonObject): WireCitation | null {
  const location = recordOf(citation.location);
  for (const [member, place] of PLACES) {
    const at = recordOf(location?.[member]);
    if (at !== null) return { cited_text: citedText(citation), ...place(at, citation) };
  }
  return null;
}

function documentOf(at: JsonObject, citation: JsonObject): JsonObject {
  return {
    document_index: numberOf(at.documentIndex),
    document_title: textOf(citation.title),
    file_id: null,
  };
}

function citedText({ sourceContent }: JsonObject): string {
  const parts: readonly unknown[] = Array.isArray(sourceContent) ? sourceContent : [];
  return parts.map((part) => textOf(recordOf(part)?.text) ?? '').join('');
}

function recordOf(value: unknown): JsonObject | null {
  // A plain object of parsed JSON has string keys and values we know nothing of.
  return typeof value === 'object' && value !== null ? (value as JsonObject) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
