// The words `prose.ts` chooses from. Advice that suits almost any question, so that a demo reads like a talk.

export interface Phrases {
  /** `{topic}` stands for the first words of the question. */
  openings: readonly string[];
  bodies: readonly string[];
  closings: readonly string[];
  signature: string;
  untitled: string;
  noTopic: string;
}

export const ENGLISH: Phrases = {
  openings: [
    'You asked: **“{topic}”**. Let us take it one step at a time.',
    '**“{topic}”**: three things usually decide how that goes.',
    'On **“{topic}”**, here is a short way in, beginning with the part that matters most.',
    '**“{topic}”** is a good place to start. Here is how I would go about it.',
    'There are many answers to **“{topic}”**; the useful ones have a few things in common.',
  ],
  bodies: [
    '1. **Say what good looks like.** One sentence that a colleague could check is worth more than a page of plans.\n' +
      '2. **Find the smallest piece that works.** It teaches you what the rest will really need.\n' +
      '3. **Measure before you improve.** The slow part is seldom where it seems to be.',
    '- **What you know.** Write it down in plain words, with a source beside each claim.\n' +
      '- **What you assume.** Pick the assumption that would hurt most if it were wrong, and test it first.\n' +
      '- **What you can undo.** Decide quickly where the way back is cheap, and slowly where it is not.',
    'It helps to keep two questions apart: *what* should happen, and *how* it comes about. ' +
      'The first is a conversation with people, and it is cheap to change. The second is a matter of craft, ' +
      'and it becomes dear with every day it stands.\n\n' +
      '> Make the change easy, then make the easy change.',
    '| first | then | last |\n| --- | --- | --- |\n| understand it | make it work | make it quick |\n\n' +
      'Most trouble comes from walking this table from right to left. ' +
      'If something goes wrong, write down what you expected and what you saw; the gap between the two is the lead.',
    'Begin with an example you can hold in your hand: one input, and the result you want from it. ' +
      'Then look for the case that breaks it: nothing at all, far too much, or the same thing twice. ' +
      'What survives those three is usually sound, and what does not has shown you where to dig.',
  ],
  closings: [
    'Tell me a little more about your situation and I can be more precise.',
    'Which of these is nearest to what you had in mind?',
    'If you have tried something already, show me; the next step is easier to see from there.',
  ],
  signature:
    '_These words come from a local simulator, not from a model. The streaming, the tokens and the fee around them are real._',
  untitled: 'A new conversation',
  noTopic: 'an open question',
};

export const CHINESE: Phrases = {
  openings: [
    '关于“**{topic}**”，我们一步一步来看。',
    '你问的是“**{topic}**”。通常有三件事决定结果。',
    '谈到“**{topic}**”，先从最要紧的地方说起：',
    '“**{topic}**”听起来很大，其实可以从很小的一步开始。',
  ],
  bodies: [
    '1. **先说清楚什么叫做好。** 一句别人能核对的话，胜过一页计划。\n' +
      '2. **找到能运行的最小一块。** 它会告诉你其余部分真正需要什么。\n' +
      '3. **先测量，再改进。** 慢的地方往往不在你以为的地方。',
    '- **已知的：** 用平实的话写下来，每一条都注明出处。\n' +
      '- **假设的：** 挑出一旦错了代价最大的那条，最先验证。\n' +
      '- **能撤回的：** 回头路便宜的地方快些决定，昂贵的地方慢些决定。',
    '不妨把两个问题分开：*要发生什么*，以及*怎样做到*。前者是人与人的商量，改起来便宜；' +
      '后者是手艺，放得越久，改起来越贵。\n\n> 先让改动变得容易，再去做那个容易的改动。',
    '从一个看得见的例子开始：一个输入，和你想要的结果。然后找会让它失败的情形：什么都没有、太多、或者同样的东西来了两次。' +
      '经得起这三样的，多半是可靠的。',
  ],
  closings: [
    '再多说一点你的情况，我可以讲得更具体。',
    '这几点里，哪一点最接近你的想法？',
    '如果你已经试过什么，给我看看，下一步会更清楚。',
  ],
  signature: '_以上文字来自本地模拟器，并非模型所写；但流式传输、令牌数与费用都是真实的。_',
  untitled: '新的对话',
  noTopic: '一个开放的问题',
};
