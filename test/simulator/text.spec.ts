import fc from 'fast-check';
import t from 'tap';
import { countTokens, cutToTokens } from '../../src/simulator/count-tokens.ts';
import { splitIntoPieces } from '../../src/simulator/pieces.ts';
import { isMainlyCjk, writeAnswer } from '../../src/simulator/prose.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

function answerTo(lastUserText: string, systemText = ''): string {
  return writeAnswer({ systemText, firstUserText: lastUserText, lastUserText });
}

t.test(
  'four Latin bytes are a token, one CJK character is one, and no text but the empty one is free',
  async (t) => {
    t.equal(countTokens(''), 0);
    t.equal(countTokens('a'), 1);
    t.equal(countTokens('abcd'), 1);
    t.equal(countTokens('abcde'), 2);
    t.equal(countTokens('你好世界'), 4);
    t.equal(countTokens('😀'), 1);
    t.equal(countTokens('é'.repeat(4)), 2);
    fc.assert(fc.property(anyText, (text) => countTokens(text) > 0 === text.length > 0));
  },
);

t.test('a cut is the longest beginning that fits, and halves no character', async () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, max) => {
      const short = cutToTokens(text, max);
      const next = [...text.slice(short.length)][0];
      const isLongest = next === undefined || countTokens(short + next) > max;
      return text.startsWith(short) && countTokens(short) <= max && isLongest;
    }),
  );
});

t.test('the pieces of a text are the text, and a piece ends no character in two', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 4 }), (text, words) => {
      const pieces = splitIntoPieces(text, words);
      return pieces.join('') === text && pieces.every((piece) => piece !== '' && piece.isWellFormed());
    }),
  );
  t.same(splitIntoPieces('one two  three', 1), ['one ', 'two  ', 'three']);
  t.same(splitIntoPieces('请解释一下', 1), ['请解', '释一', '下']);
});

t.test('an answer refers to the question, differs with it, and is the same each time', async (t) => {
  const question = 'How do I make *good* espresso at home?';
  t.match(answerTo(question), 'How do I make good espresso at home');
  t.equal(answerTo(question), answerTo(question));
  const answers = Array.from({ length: 40 }, (_, number) => answerTo(`question ${number}`).split('\n\n')[1]);
  t.ok(new Set(answers).size >= 4, 'several bodies are used');
  t.ok(answerTo('a\u0000b').includes('a b'), 'control characters stay out of the answer');
});

t.test(
  'a question that is mainly CJK is answered in Chinese, one with a few such words is not',
  async (t) => {
    t.match(answerTo('请解释一下 PostgreSQL 的 MVCC'), '请解释一下');
    t.ok(isMainlyCjk(answerTo('请解释一下 PostgreSQL 的 MVCC')));
    t.notOk(isMainlyCjk(answerTo('What does the word 你好 mean in English, and who says it?')));
  },
);

t.test('who asks for a title gets a short one, about what the conversation began with', async (t) => {
  const title = writeAnswer({
    systemText: '',
    firstUserText: 'Plan a week of cycling along the Danube, please.',
    lastUserText: 'Give this conversation a title.',
  });
  t.equal(title, 'Plan a week of cycling along');
  t.equal(answerTo('帮我规划一次多瑙河骑行', '请为对话生成标题'), '帮我规划一次多瑙河骑行');
});
