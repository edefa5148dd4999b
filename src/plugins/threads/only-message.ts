// Most requests are one user message: its text is stored once, and the messages as sent are made from it. Pure.

/** The messages as sent, JSON, of a request that was only this prompt. */
export function onlyMessage(prompt: string): string {
  return `[{"role":"user","content":${JSON.stringify(prompt)}}]`;
}
