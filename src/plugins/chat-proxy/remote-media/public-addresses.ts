// Which addresses on the network a client may make us connect to: only those that anybody can reach. Pure.
import { isIP } from 'node:net';
import { createAddressList } from '../../../lib/addresses.ts';

/** IANA's special-purpose registry, multicast, and what clouds answer machines on. */
const SPECIAL_V4 = createAddressList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Azure's own host, which looks public.
  '168.63.129.16/32',
]);
/** All that is routed; loopback, link-local, unique local, mapped IPv4 and NAT64 lie outside it. */
const GLOBAL_V6 = createAddressList(['2000::/3']);
/** Teredo and others of 2001::/23, documentation, and 6to4, which wraps IPv4. */
const SPECIAL_V6 = createAddressList(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** False for a text that is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !SPECIAL_V4.has(address);
    case 6:
      return GLOBAL_V6.has(address) && !SPECIAL_V6.has(address);
    default:
      return false;
  }
}
