import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process as others on the machine can tell it from every other: its number alone is used again soon, in a
 * container within a second.
 */
export interface Holder {
  /** The machine since it started, and on Linux the PID namespace: where the number means something. */
  readonly place: string;
  readonly pid: number;
  /** Field 22 of `/proc/PID/stat` (proc(5)): when the process started, in clock ticks; empty where unknown. */
  readonly started: string;
}

let self: Holder | null = null;

/** This process. */
export function thisProcess(): Holder {
  self ??= { place: place(), pid: process.pid, started: startOf(process.pid)?.started ?? '' };
  return self;
}

/** Whether a process is known to be gone; never so for one of another machine or container. */
export function isDead(holder: Holder): boolean {
  if (holder.place !== thisProcess().place) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: somebody else's process, which is alive
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const now = startOf(holder.pid);
  return now !== null && holder.started !== '' && (now.zombie || now.started !== holder.started);
}

function place(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'));
  return [boot ?? hostname(), namespace ?? ''].join(' ').replaceAll('|', '_');
}

function startOf(pid: number): { readonly started: string; readonly zombie: boolean } | null {
  const text = read(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // the name in parentheses may hold anything, parentheses included
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? null : { started, zombie: 'ZXx'.includes(state) };
}

function read(from: () => string): string | null {
  try {
    return from();
  } catch {
    return null;
  }
}
