// The patterns by which leaked keys are found, as operations.md has them, against real secrets.
import t from 'tap';
import { newSecret } from '../../src/plugins/auth/secret.ts';
import { fences, readDocument } from './documents.ts';

const blocks = fences(readDocument('docs/operations.md').text);
const line = (name: string) =>
  blocks.flatMap(({ code }) => new RegExp(`^${name}:\\s+(.+)$`, 'm').exec(code)?.[1] ?? []).at(0) ?? '';
/** JavaScript writes the ends of a text otherwise. */
const anchored = (pattern: string) => pattern.replace('\\A', '^').replace('\\z', '$');

const gitHub = new RegExp(
  `(?:${anchored(line('Before secret'))})(${line('Secret format')})(?:${anchored(line('After secret'))})`,
);
const gitleaks = new RegExp(
  blocks.flatMap(({ code }) => /regex = '''(.+)'''/.exec(code)?.[1] ?? []).at(0) ?? 'missing',
);

t.test('both patterns find every secret of ours, wherever it stands', async (t) => {
  for (let round = 0; round < 200; round += 1) {
    const secret = newSecret();
    const places = [
      secret,
      `KEY=${secret}`,
      `"${secret}"`,
      `Bearer ${secret}\n`,
      `https://x/?k=${secret}&y`,
      `'${secret}',`,
    ];
    for (const text of places) {
      t.equal(gitHub.exec(text)?.[1], secret);
      t.equal(gitleaks.exec(text)?.[0], secret);
    }
  }
});

t.test('and nothing that is longer, shorter or of another form', async (t) => {
  const secret = newSecret();
  const others = [
    `${secret}0`,
    secret.slice(0, -1),
    `a${secret}`,
    secret.replace('br-', 'br_'),
    'br-someotherkeyvaluexxxxx',
  ];
  for (const text of others) {
    t.notMatch(text, gitHub, text);
    t.notMatch(text, gitleaks, text);
  }
});
