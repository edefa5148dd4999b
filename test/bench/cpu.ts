// CPU time from Linux' /proc; elsewhere the numbers are missing and the report says so.
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;

/** So far, ms, user and system; NaN where it cannot be known. */
export function cpuMsOf(pid: number): number {
  const fields = statOf(pid);
  return fields === null ? Number.NaN : ticks(fields, [UTIME, STIME]) * MS_PER_TICK;
}

/** Of a PostgreSQL server: its postmaster, the children it has and those that have ended. */
export function cpuMsOfFamily(postmaster: number): number {
  const own = statOf(postmaster);
  if (own === null) return Number.NaN;
  let sum = ticks(own, [UTIME, STIME, CUTIME, CSTIME]);
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (fields !== null && Number(fields[PPID]) === postmaster) sum += ticks(fields, [UTIME, STIME]);
  }
  return sum * MS_PER_TICK;
}

/** Of the whole machine, busy, ms; what the hypervisor gave to others counts as busy. */
export function cpuMsOfMachine(): number {
  const line = read('/proc/stat')?.split('\n')[0];
  if (line === undefined) return Number.NaN;
  const [user, nice, system, , , irq, softirq, steal] = line.trim().split(/\s+/).slice(1).map(Number);
  return sum([user, nice, system, irq, softirq, steal]) * MS_PER_TICK;
}

// Positions behind the command name in /proc/<pid>/stat, which proc(5) counts from 3.
const PPID = 1;
const UTIME = 11;
const STIME = 12;
const CUTIME = 13;
const CSTIME = 14;

function statOf(pid: number): string[] | null {
  const text = read(`/proc/${pid}/stat`);
  // The name stands in parentheses and may hold anything.
  return text === undefined ? null : text.slice(text.lastIndexOf(') ') + 2).split(' ');
}

function ticks(fields: string[], positions: number[]): number {
  return sum(positions.map((position) => Number(fields[position])));
}

function sum(numbers: (number | undefined)[]): number {
  return numbers.reduce<number>((total, each) => total + (each ?? 0), 0);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
