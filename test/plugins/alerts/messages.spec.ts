// What is said, in every format, whatever a name looks like.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { cutAddress, newSecret, readSecret } from '../../../src/plugins/alerts/channels/secrets.ts';
import {
  type AlertFacts,
  alertText,
  displayName,
  usd,
} from '../../../src/plugins/alerts/messages/alert-text.ts';
import {
  encodeFeishu,
  encodeMail,
  encodeSlack,
  encodeWebhook,
} from '../../../src/plugins/alerts/messages/encode.ts';

const ALERT: AlertFacts = {
  messageId: '0198c9d4-0000-7000-8000-000000000001',
  kind: 'threshold',
  watched: 'quota',
  threshold: 80,
  keyId: 7,
  groupId: null,
  ownerName: 'Alice',
  window: 'month',
  startsOn: '2026-11-01',
  endsAt: new Date('2026-12-01T00:00:00Z'),
  used: 81_234_500_000n,
  limit: 100_000_000_000n,
  projected: null,
  createdAt: new Date('2026-11-20T10:00:00Z'),
};
const AT = new Date('2026-11-20T10:00:05.900Z');
const EVIL = '<!channel> & <https://evil.example|click> <at user_id="all">x</at>\r\nBcc: a@b.c \u202e';

t.test('a person reads who, how much of what, and until when', async (t) => {
  t.same(alertText(ALERT), {
    title: 'Key "Alice": 80 % of the monthly quota is used',
    lines: ['Used: 8.12345 of 10.00 USD.', 'The period ends at 2026-12-01 00:00 UTC.'],
  });
  const group = { keyId: null, groupId: 2, watched: 'budget', ownerName: 'Team' } as const;
  t.same(alertText({ ...ALERT, ...group, window: 'total', threshold: 100, endsAt: null }), {
    title: 'Group "Team": 100 % of the total budget is used',
    lines: ['Used: 8.12345 of 10.00 USD.'],
  });
  t.match(alertText({ ...ALERT, kind: 'forecast', projected: 121_800_000_000n }), {
    title: 'Key "Alice": the monthly quota will not last',
    lines: [/^Used so far: 8.12345 of 10.00 USD. At this pace it will be 12.18 USD at the end.$/, /ends/],
  });
});

t.test('amounts are exact, with at least two places', async (t) => {
  t.equal(usd(0n), '0.00');
  t.equal(usd(1n), '0.0000000001');
  t.equal(usd(10_000_000_000n), '1.00');
  t.equal(usd(12_000_000_000n), '1.20');
  t.equal(usd(-12_340_000_000n), '-1.234');
});

t.test(
  'a name is one line without direction marks, at most 81 characters, never half a character',
  async () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const shown = displayName(name);
        return (
          shown.length <= 81 && shown.isWellFormed() && !/[\p{Cc}\u2028\u2029\u202a-\u202e]/u.test(shown)
        );
      }),
    );
  },
);

t.test('a webhook is signed as the Standard Webhooks specification says', async (t) => {
  const secret = newSecret();
  const key = readSecret(secret);
  if (key === undefined) throw new Error('a new secret is not one');
  const { headers, body } = encodeWebhook(ALERT, key, AT);
  t.match(headers, { 'webhook-id': `msg_${ALERT.messageId}`, 'webhook-timestamp': '1795168805' });
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const raw = Buffer.from(secret.slice('whsec_'.length), 'base64');
  t.equal(raw.length, 32);
  t.equal(headers['webhook-signature'], `v1,${createHmac('sha256', raw).update(content).digest('base64')}`);
  t.match(JSON.parse(body), {
    type: 'alert.threshold',
    timestamp: '2026-11-20T10:00:00.000Z',
    data: {
      key_id: 7,
      threshold: 80,
      used: '8.1234500000',
      limit: '10.0000000000',
      projected: null,
      owner: 'Alice',
    },
  });
});

t.test("the specification's own example verifies", async (t) => {
  // From the specification: secret, id, time, body and signature.
  const key = readSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const content = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}';
  t.equal(
    createHmac('sha256', key ?? '')
      .update(content)
      .digest('base64'),
    'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

t.test('secrets are 24 to 64 bytes of base64 after whsec_', async (t) => {
  const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
  for (const bytes of [24, 32, 64]) t.equal(readSecret(of(bytes))?.length, bytes);
  for (const wrong of [of(23), of(65), 'whsec_', 'secret', of(32).slice(6), `${of(32)}!`])
    t.equal(readSecret(wrong), undefined, wrong);
});

t.test('in Slack a name calls nobody and links nowhere', async (t) => {
  const { body } = encodeSlack({ ...ALERT, ownerName: EVIL });
  t.notMatch(body, /<|>/, 'not one angle bracket is left');
  t.notMatch(body, /&(?!amp;|lt;|gt;)/);
  const message = JSON.parse(body);
  t.match(message.text, /^Key "&lt;!channel&gt; &amp; /);
  t.equal(message.blocks.length, 2);
  t.match(message.blocks[0], { type: 'section', text: { type: 'mrkdwn', verbatim: true } });
});

t.test(
  'in Feishu a name calls nobody; with a secret the message carries its time and signature',
  async (t) => {
    const open = JSON.parse(encodeFeishu({ ...ALERT, ownerName: EVIL }, null, AT).body);
    t.notMatch(JSON.stringify(open), /<|>/);
    t.same(Object.keys(open), ['msg_type', 'content']);
    t.equal(open.msg_type, 'post');
    const signed = JSON.parse(encodeFeishu(ALERT, 'feishu secret', AT).body);
    t.equal(signed.timestamp, '1795168805');
    t.equal(signed.sign, createHmac('sha256', '1795168805\nfeishu secret').update('').digest('base64'));
  },
);

t.test('a name adds no header to an e-mail', async (t) => {
  const mail = encodeMail({ ...ALERT, ownerName: EVIL });
  t.notMatch(mail.subject, /[\r\n]/);
  t.equal(mail.messageId, `<${ALERT.messageId}@brconnector>`, 'the same in every try');
});

t.test('an address is recognised by its host, and not enough of it is shown to post to it', async (t) => {
  t.equal(cutAddress('https://hooks.slack.com/services/T0/B0/secret'), 'hooks.slack.com/serv…');
  t.equal(cutAddress('https://example.com:8443/x?token=secret'), 'example.com:8443/…');
  t.equal(cutAddress('https://example.com/?token=secret'), 'example.com/…');
  t.equal(cutAddress('https://example.com'), 'example.com');
  t.equal(cutAddress(null), '');
});
