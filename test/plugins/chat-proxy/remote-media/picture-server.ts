// An https server of a stranger: answers as the path says, and counts who came.
import { createPrivateKey } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

const KEY = [
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6qnRKlbBRdD7rnKOSOeeLWAGCtUdn498lCuPnyYgj3+hRANCAAQ1',
  'ZcDeiQAejq+4OeU+WiPBNU/rZonXBIwvw7KRubfGj4iljmP84pxCDXVCbl2ZFF5l9CaaO1X3sNO05vki2arf',
].join('');
/** Of pictures.example and 127.0.0.1, made for these tests; valid until 2126. */
const CERTIFICATE = [
  'MIIB2DCCAX2gAwIBAgIUDlNvnsdeem/GSAL3Q8kpokbbrpQwCgYIKoZIzj0EAwIwGzEZMBcGA1UEAwwQcGljdHVyZXMuZXhhbXBs',
  'ZTAgFw0yNjExMjUyMjQyMTVaGA8yMTI2MTEwMTIyNDIxNVowGzEZMBcGA1UEAwwQcGljdHVyZXMuZXhhbXBsZTBZMBMGByqGSM49',
  'AgEGCCqGSM49AwEHA0IABDVlwN6JAB6Or7g55T5aI8E1T+tmidcEjC/DspG5t8aPiKWOY/zinEINdUJuXZkUXmX0Jpo7Vfew07Tm',
  '+SLZqt+jgZwwgZkwHQYDVR0OBBYEFKF37ntzsgKceKt+h+4JYo4YEc1HMB8GA1UdIwQYMBaAFKF37ntzsgKceKt+h+4JYo4YEc1H',
  'MA8GA1UdEwEB/wQFMAMBAf8wRgYDVR0RBD8wPYIQcGljdHVyZXMuZXhhbXBsZYISKi5waWN0dXJlcy5leGFtcGxlgglsb2NhbGhv',
  'c3SHBH8AAAGHBKn+qf4wCgYIKoZIzj0EAwIDSQAwRgIhAKSPJhebvCjcQgcZGLCGgV3lbvQ/RkebeoVZgV3R3/Q3AiEAzvuzbUzA',
  '7oHPZpMZQzSQa+DIspn7IiVFW8iKF65c7c4=',
].join('');

export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const PDF = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64');
/** Of the test's rules; larger than any of its pictures. */
export const MAX_BYTES = 2_000;

export interface PictureServer {
  /** `https://pictures.example:<port>` */
  origin: string;
  port: number;
  ca: string;
  /** Paths that were asked for. */
  asked: string[];
}

export async function startPictureServer(t: Test): Promise<PictureServer> {
  const asked: string[] = [];
  const key = createPrivateKey({ key: Buffer.from(KEY, 'base64'), format: 'der', type: 'pkcs8' });
  const cert = `-----BEGIN CERTIFICATE-----\n${CERTIFICATE}\n-----END CERTIFICATE-----\n`;
  const server = createServer(
    { key: key.export({ format: 'pem', type: 'pkcs8' }), cert },
    (request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      const png = Buffer.from(PNG, 'base64');
      switch (path) {
        case '/redirect':
          response.writeHead(302, { location: '/cat.png' }).end();
          break;
        case '/slow':
          response.writeHead(200, { 'content-type': 'image/png' });
          response.write(png.subarray(0, 16));
          break;
        case '/big':
          response.writeHead(200, { 'content-type': 'image/png' });
          response.write(png);
          response.end(Buffer.alloc(MAX_BYTES));
          break;
        case '/says-big':
          response.writeHead(200, { 'content-type': 'image/png', 'content-length': 5_000_000_000 });
          response.write(png);
          break;
        case '/page':
          response.writeHead(200, { 'content-type': 'text/html' }).end(png);
          break;
        case '/no-picture':
          response.writeHead(200, { 'content-type': 'image/png' }).end('<html>');
          break;
        case '/missing':
          response.writeHead(404).end();
          break;
        case '/paper.pdf':
          response.writeHead(200, { 'content-type': 'application/pdf' }).end(Buffer.from(PDF, 'base64'));
          break;
        case '/untyped':
          response.writeHead(200, { 'content-type': 'binary/octet-stream' }).end(png);
          break;
        default:
          response.writeHead(200, { 'content-type': 'image/jpeg; q=1' }).end(png);
      }
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server has a port.
  const { port } = server.address() as AddressInfo;
  return { origin: `https://pictures.example:${port}`, port, ca: cert, asked };
}
