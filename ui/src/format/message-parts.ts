// Splits a chat message at its fenced code blocks. Nothing else of Markdown is interpreted: the text stays as written.

export interface MessagePart {
  kind: 'text' | 'code';
  text: string;
  /** The word after the opening fence; empty if there was none. */
  language: string;
}

const OPENING = /^ {0,3}(`{3,}|~{3,})\s*([^`\s]*)[^`]*$/;

/** A message as text and code, in order; a fence that is never closed runs to the end (CommonMark 4.5). */
export function messageParts(message: string): MessagePart[] {
  const parts: MessagePart[] = [];
  let lines: string[] = [];
  let fence: { mark: string; language: string } | null = null;

  const flush = () => {
    const text = lines.join('\n');
    lines = [];
    if (fence) parts.push({ kind: 'code', text, language: fence.language });
    else if (text.trim() !== '')
      parts.push({ kind: 'text', text: text.replace(/^\n+|\s+$/g, ''), language: '' });
  };

  for (const line of message.split('\n')) {
    if (fence) {
      if (!closes(line, fence.mark)) lines.push(line);
      else {
        flush();
        fence = null;
      }
      continue;
    }
    const [, mark, language = ''] = OPENING.exec(line) ?? [];
    if (mark === undefined) lines.push(line);
    else {
      flush();
      fence = { mark, language };
    }
  }
  flush();
  return parts;
}

/** A closing fence has the same character, is at least as long, and carries nothing else. */
function closes(line: string, mark: string): boolean {
  const bare = line.trim();
  return bare.length >= mark.length && bare === mark.charAt(0).repeat(bare.length);
}
