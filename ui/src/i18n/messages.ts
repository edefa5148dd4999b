// The type of the console's texts, and how one is filled in. English is the measure: another language lacks nothing.
import type { en } from './en.ts';

export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Parameters<Key extends MessageKey> = [Placeholders<(typeof en)[Key]>] extends [never]
  ? []
  : [parameters: Record<Placeholders<(typeof en)[Key]>, string | number>];

/** A text that needs nothing filled in: a label, a title. */
export type PlainKey = {
  [Key in MessageKey]: [Placeholders<(typeof en)[Key]>] extends [never] ? Key : never;
}[MessageKey];

/** A key that does not exist, or a parameter that its text needs and does not get, is a type error. */
export type Translate = <Key extends MessageKey>(key: Key, ...parameters: Parameters<Key>) => string;

/** `fill("{from} to {to}", {from: 1, to: 20})` -> `1 to 20`; a placeholder without a value stays as it is. */
export function fill(text: string, parameters: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
