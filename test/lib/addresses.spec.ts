// Address lists against arithmetic on the addresses themselves.
import fc from 'fast-check';
import t from 'tap';
import { createAddressList, isCidr } from '../../src/lib/addresses.ts';

const bits32 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const bits128 = fc
  .bigInt({ min: 0n, max: 2n ** 128n - 1n })
  // The mapped addresses are IPv4 and have a test of their own.
  .filter((value) => value >> 32n !== 0xffffn);

const asV4 = (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
const asV6 = (value: bigint) =>
  Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(
    ':',
  );
const agrees = (a: bigint, b: bigint, prefix: number, width: number) =>
  a >> BigInt(width - prefix) === b >> BigInt(width - prefix);
/** Another address that shares about `prefix` bits with the first: random ones would hardly ever match. */
const near = (value: bigint, flip: number, width: number) => value ^ (1n << BigInt(flip % width));

t.test('an IPv4 address is in a range exactly if the leading bits agree, however it is written', async () => {
  fc.assert(
    fc.property(bits32, fc.nat(31), fc.integer({ min: 0, max: 32 }), (base, flip, prefix) => {
      const other = near(base, flip, 32);
      const plain = createAddressList([`${asV4(base)}/${prefix}`]);
      const mapped = createAddressList([`::ffff:${asV4(base)}/${96 + prefix}`]);
      const expected = agrees(base, other, prefix, 32);
      const hex = `::ffff:${(other >> 16n).toString(16)}:${(other & 0xffffn).toString(16)}`;
      for (const list of [plain, mapped])
        for (const spelling of [asV4(other), `::ffff:${asV4(other)}`, hex])
          if (list.has(spelling) !== expected) return false;
      return plain.has(asV4(base)) && mapped.has(asV4(base));
    }),
  );
});

t.test('an IPv6 address is in a range exactly if the leading bits agree', async () => {
  fc.assert(
    fc.property(bits128, fc.nat(127), fc.integer({ min: 0, max: 128 }), (base, flip, prefix) => {
      const other = near(base, flip, 128);
      if (other >> 32n === 0xffffn) return true;
      const list = createAddressList([`${asV6(base)}/${prefix}`]);
      return list.has(asV6(other)) === agrees(base, other, prefix, 128) && list.has(asV6(base));
    }),
  );
});

t.test('IPv4 ranges hold no IPv6 address', async () => {
  fc.assert(fc.property(bits128, (value) => !createAddressList(['0.0.0.0/0']).has(asV6(value))));
});

t.test('a list holds what any of its ranges holds; a single address is a range of one', async (t) => {
  const list = createAddressList(['10.0.0.0/8', '192.0.2.7', '2001:db8::1']);
  for (const inside of ['10.255.0.1', '192.0.2.7', '2001:db8::1', '2001:0db8:0::0001', '::ffff:192.0.2.7'])
    t.ok(list.has(inside), inside);
  for (const outside of ['11.0.0.1', '192.0.2.8', '2001:db8::2', '::10.0.0.1'])
    t.notOk(list.has(outside), outside);
});

t.test('what is no address is nowhere, not even in a list of all', async (t) => {
  const all = createAddressList(['0.0.0.0/0', '::/0']);
  for (const text of [
    '',
    'unknown',
    '10.0.0',
    '10.0.0.1:443',
    '10.0.0.1, 10.0.0.2',
    '_hidden',
    '[::1]',
    '010.0.0.1',
  ])
    t.notOk(all.has(text), text);
  t.ok(all.has('fe80::1%eth0'), 'a zone belongs to an address');
});

t.test('only an address, or one with a prefix that fits, is a CIDR', async (t) => {
  for (const text of [
    '10.0.0.0/0',
    '10.0.0.0/32',
    '10.1.2.3/8',
    '1.2.3.4',
    '::/0',
    '::1/128',
    '2001:db8::/32',
  ])
    t.ok(isCidr(text), text);
  for (const text of [
    '',
    '/',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/129',
  ])
    t.notOk(isCidr(text), text);
  for (const text of [
    ' 10.0.0.0/8',
    '10.0.0.0/8 ',
    '10.0.0/8',
    'localhost',
    '10.0.0.0/255.0.0.0',
    'fe80::1%eth0',
  ])
    t.notOk(isCidr(text), text);
});
