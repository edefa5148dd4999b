// Lists of network addresses: single ones and CIDR ranges, IPv4 and IPv6.
import { BlockList, isIP } from 'node:net';

const BITS = { 4: 32, 6: 128 } as const;

interface Range {
  address: string;
  /** Leading bits that must agree. */
  bits: number;
  family: 'ipv4' | 'ipv6';
}

/** `10.0.0.0/8`, `2001:db8::/32`, or a single address; bits behind the prefix are ignored. */
export function isCidr(text: string): boolean {
  return parseCidr(text) !== undefined;
}

export interface AddressList {
  /** False for a text that is no address: what cannot be read is nowhere. */
  has(address: string): boolean;
}

/** IPv4 addresses written as IPv6 (`::ffff:10.0.0.1`) count as IPv4, on either side. */
export function createAddressList(cidrs: readonly string[]): AddressList {
  const ranges = new BlockList();
  for (const cidr of cidrs) {
    const range = parseCidr(cidr);
    if (range === undefined) throw new Error('not an address or CIDR');
    ranges.addSubnet(range.address, range.bits, range.family);
  }
  return {
    has(address) {
      const version = isIP(address);
      return version !== 0 && ranges.check(address, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

function parseCidr(text: string): Range | undefined {
  const [, address = '', prefix] = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version !== 4 && version !== 6) return undefined;
  const bits = prefix === undefined ? BITS[version] : Number(prefix);
  return bits > BITS[version] ? undefined : { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}
