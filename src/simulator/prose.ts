// What the simulator says when no test told it what to say: short, different from question to question, always
// the same for the same question, and honest about who is talking.
import { isCjk } from './count-tokens.ts';
import { CHINESE, ENGLISH, type Phrases } from './phrases.ts';

export interface Prompt {
  systemText: string;
  firstUserText: string;
  lastUserText: string;
}

const LOOK_AT_CHARACTERS = 2_000;
const LOOK_FOR_TOPIC_CHARACTERS = 200;
const TOPIC_WORDS = 9;
const TOPIC_CJK_CHARACTERS = 18;
const TITLE_WORDS = 6;
const TITLE_CJK_CHARACTERS = 12;
const ASKS_FOR_TITLE = /\b(?:title|headline|summari[sz]e|summary)\b|标题|標題|总结|總結|摘要|概括/i;

/** The answer to a prompt, in markdown; in Chinese when the last user text is mainly CJK. */
export function writeAnswer(prompt: Prompt): string {
  const isChinese = isMainlyCjk(prompt.lastUserText);
  const phrases = isChinese ? CHINESE : ENGLISH;
  if (asksForTitle(prompt)) {
    // In a conversation that asks for its own title, the subject is what it began with.
    return topicOf(prompt.firstUserText, TITLE_WORDS, TITLE_CJK_CHARACTERS) || phrases.untitled;
  }
  const topic = topicOf(prompt.lastUserText, TOPIC_WORDS, TOPIC_CJK_CHARACTERS) || phrases.noTopic;
  return compose(phrases, topic, hash(prompt.lastUserText));
}

/** True when most of what can be read is CJK; one such character says as much as three Latin letters. */
export function isMainlyCjk(text: string): boolean {
  let cjk = 0;
  let letters = 0;
  const end = Math.min(text.length, LOOK_AT_CHARACTERS);
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (isCjk(code)) cjk += 1;
    else if (code > 0x40) letters += 1;
  }
  return cjk > 0 && cjk * 3 >= letters;
}

function asksForTitle(prompt: Prompt): boolean {
  return (
    ASKS_FOR_TITLE.test(prompt.lastUserText.slice(0, LOOK_AT_CHARACTERS)) ||
    ASKS_FOR_TITLE.test(prompt.systemText.slice(0, LOOK_AT_CHARACTERS))
  );
}

/** The first words of a text, fit to stand inside a line of markdown. */
function topicOf(text: string, words: number, cjkCharacters: number): string {
  const plain = text
    .trimStart()
    .slice(0, LOOK_FOR_TOPIC_CHARACTERS)
    .replace(/[\p{Cc}\p{Cs}*_`#<>[\]|\\~]+/gu, ' ')
    .trim();
  const short = isMainlyCjk(plain)
    ? Array.from(plain).slice(0, cjkCharacters).join('')
    : plain.split(/\s+/, words).join(' ').slice(0, 80);
  return short.replace(/[\s.,;:!?。，；：！？、]+$/u, '');
}

function compose(phrases: Phrases, topic: string, seed: number): string {
  const opening = pick(phrases.openings, seed).replaceAll('{topic}', () => topic);
  const body = pick(phrases.bodies, seed >>> 4);
  const closing = pick(phrases.closings, seed >>> 8);
  return `${opening}\n\n${body}\n\n${closing}\n\n${phrases.signature}`;
}

function pick(choices: readonly string[], seed: number): string {
  return choices[seed % choices.length] ?? '';
}

/** FNV-1a, mixed once more so that its low bits differ for similar texts. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  const end = Math.min(text.length, LOOK_AT_CHARACTERS);
  for (let at = 0; at < end; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
