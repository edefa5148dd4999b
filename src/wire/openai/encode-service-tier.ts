// Which tier served a request, in the words that OpenAI's clients know.

/** What the upstream did not say, or says in words of its own, was the default. */
export function encodeServiceTier(reported: string | undefined): 'default' | 'flex' | 'priority' {
  return reported === 'flex' || reported === 'priority' ? reported : 'default';
}
