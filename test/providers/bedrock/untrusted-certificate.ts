// A self-signed certificate for 127.0.0.1 that nobody trusts, made for the tests; valid until 2126.
import { createPrivateKey } from 'node:crypto';

const KEY = [
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgikumTf1lXpNZMoNrNbRn0MWRFKtz7e/FipWxx/LsoAqhRANC',
  'AAScj4dB56QmrJh7caMwXjMAtCybdfr+UbbJmAJ/4eqLRukPGX2vj2epEBsdb+R0XbZ8u8FyT/va6S1ybgGGCYFG',
].join('');

const CERTIFICATE = [
  'MIIBkTCCATagAwIBAgIUcTcWPv5f5F9S3uFqJzIUrg3ejbswCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJMTI3LjAuMC4xMCAX',
  'DTI2MTEyMzE4MjQyNloYDzIxMjYxMDMwMTgyNDI2WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO',
  'PQMBBwNCAAScj4dB56QmrJh7caMwXjMAtCybdfr+UbbJmAJ/4eqLRukPGX2vj2epEBsdb+R0XbZ8u8FyT/va6S1ybgGGCYFG',
  'o2QwYjAdBgNVHQ4EFgQUPYaW3gsLPj/EhXbuzuDCVC8KO9QwHwYDVR0jBBgwFoAUPYaW3gsLPj/EhXbuzuDCVC8KO9QwDwYD',
  'VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0kAMEYCIQCKm5ykclN/sfYNUNCBp8nr4cMzjmh8',
  'UGxm/3bQJbp7awIhAMTmeVodc1P2vFGP0pp+ZikmS7eTVuQxurjNh8R1uZoY',
].join('');

/** Options of a TLS server. */
export function untrustedCertificate(): { key: string | Buffer; cert: string } {
  const key = createPrivateKey({ key: Buffer.from(KEY, 'base64'), format: 'der', type: 'pkcs8' });
  const cert = `-----BEGIN CERTIFICATE-----\n${CERTIFICATE}\n-----END CERTIFICATE-----\n`;
  return { key: key.export({ format: 'pem', type: 'pkcs8' }), cert };
}
