// E-mail, through a real SMTP server.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import t, { type Test } from 'tap';
import { createChannel, keyThatUsed, listedAlerts, skipPauses, startQuietGateway } from './spending.ts';

interface Mail {
  from: string;
  to: string[];
  text: string;
}

async function startMailServer(t: Test, refusals = 0) {
  const mails: Mail[] = [];
  let refused = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, callback) {
      if (username === 'gateway' && password === 'canary5f2c') callback(null, { user: username });
      else callback(new Error('wrong password'));
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refused < refusals) {
          refused += 1;
          callback(Object.assign(new Error('try again later'), { responseCode: 451 }));
          return;
        }
        mails.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  t.teardown(() => new Promise<void>((resolve) => server.close(resolve)));
  // A server that listens on TCP has such an address.
  const { port } = server.server.address() as AddressInfo;
  return { mails, port };
}

const settings = (port: number, password = 'canary5f2c') => ({
  SMTP_URL: `smtp://gateway:${password}@127.0.0.1:${port}`,
  SMTP_FROM: 'BRConnector <alerts@example.com>',
});

t.test('an e-mail goes to the recipients, and to the owner who does not see them in it', async (t) => {
  const { mails, port } = await startMailServer(t);
  const gateway = await startQuietGateway(t, { env: settings(port) });
  const recipients = ['ops@example.com', 'boss@example.com'];
  await createChannel(gateway, { kind: 'email', recipients, notifies_owner: true });
  await keyThatUsed(gateway, 10, { name: 'Zoë\r\nBcc: evil@example.com', email: 'zoe@example.com' });
  await gateway.app.alerts.sweep();
  await gateway.app.alerts.deliver();
  t.equal(mails.length, 1);
  const [mail] = mails;
  t.equal(mail?.from, 'alerts@example.com');
  t.same(mail?.to, [...recipients, 'zoe@example.com']);
  t.match(mail?.text, /^From: BRConnector <alerts@example\.com>\r?$/m);
  t.match(mail?.text, /^To: ops@example\.com, boss@example\.com\r?$/m);
  t.match(mail?.text, /^Subject: =\?UTF-8\?/m);
  t.notMatch(mail?.text, /^Bcc:/im);
  t.match(mail?.text, /Used: 10\.00 of 10\.00 USD/);
  t.match(await listedAlerts(gateway), [{ deliveries: [{ state: 'delivered' }] }]);
});

t.test('an owner without an e-mail address is passed over', async (t) => {
  const { mails, port } = await startMailServer(t);
  const gateway = await startQuietGateway(t, { env: settings(port) });
  await createChannel(gateway, {
    name: 'both',
    kind: 'email',
    recipients: ['ops@example.com'],
    notifies_owner: true,
  });
  await createChannel(gateway, { name: 'owner', kind: 'email', notifies_owner: true });
  await keyThatUsed(gateway, 10, { email: 'not an address, evil@example.com' });
  await gateway.app.alerts.sweep();
  await gateway.app.alerts.deliver();
  t.same(
    mails.map(({ to }) => to),
    [['ops@example.com']],
  );
  t.match(await listedAlerts(gateway), [
    {
      deliveries: [
        { channel: 'both', state: 'delivered' },
        { channel: 'owner', state: 'failed', error: 'nobody to write to' },
      ],
    },
  ]);
});

t.test('a mail server that is busy gets the same message later', async (t) => {
  const { mails, port } = await startMailServer(t, 1);
  const gateway = await startQuietGateway(t, { env: settings(port) });
  await createChannel(gateway, { kind: 'email', recipients: ['ops@example.com'] });
  await keyThatUsed(gateway, 10);
  await gateway.app.alerts.sweep();
  await gateway.app.alerts.deliver();
  t.match(await listedAlerts(gateway), [
    { deliveries: [{ state: 'pending', error: /^could not be sent: \w+ 451$/ }] },
  ]);
  await skipPauses(gateway);
  await gateway.app.alerts.deliver();
  t.match(mails[0]?.text, /^Message-ID: <[0-9a-f-]{36}@brconnector>\r?$/im);
  t.match(await listedAlerts(gateway), [{ deliveries: [{ state: 'delivered', attempts: 2 }] }]);
});

t.test('a wrong password shows as such and stands nowhere', async (t) => {
  const lines: string[] = [];
  const { port } = await startMailServer(t);
  const gateway = await startQuietGateway(t, {
    env: settings(port, 'wrong-canary'),
    onLogLine: (line) => lines.push(line),
  });
  const { id } = await createChannel(gateway, { kind: 'email', recipients: ['ops@example.com'] });
  const answer = await gateway.admin('POST', '/admin/alert-channel/test', { id });
  t.match(answer.body.data.deliveries, [{ state: 'failed', error: 'could not be sent: EAUTH 535' }]);
  t.notMatch(lines.join('') + JSON.stringify(answer.body), /wrong-canary/);
});
