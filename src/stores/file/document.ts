import { freeAt, memoryMs } from '../../core/health.js';
import type { HealthEntry } from '../../core/ports.js';
import { isEntry, isObject } from '../entry.js';

/** A file of a later version is left alone: this program does not know what is in it. */
const version = 1;
/** More entries are not kept. */
const mostEntries = 512;

export type Entries = ReadonlyMap<string, HealthEntry>;

/** What a file holds: its entries, or why they cannot be had. Entries that make no sense are left out. */
export type Reading = { readonly entries: Entries } | { readonly problem: 'corrupt' | 'future' };

export function readDocument(text: string): Reading {
  // what a full disk leaves
  if (text === '') return { entries: new Map() };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { problem: 'corrupt' };
  }
  if (!isObject(parsed) || typeof parsed.version !== 'number') return { problem: 'corrupt' };
  if (parsed.version > version) return { problem: 'future' };
  if (parsed.version !== version || !Array.isArray(parsed.entries)) return { problem: 'corrupt' };
  const entries = parsed.entries.filter(isEntry);
  return { entries: new Map(entries.map((entry) => [entry.key, entry])) };
}

/** The text of a file with these entries, without the expired, and with the most telling where they are too many. */
export function writeDocument(entries: Entries, now: number): string {
  const fresh = [...entries.values()].filter((entry) => now - entry.updatedAtMs <= memoryMs);
  const kept = fresh.length <= mostEntries ? fresh : fresh.sort(byWorth(now)).slice(0, mostEntries);
  return `${JSON.stringify({ version, entries: kept })}\n`;
}

/** Of two states of one circuit the later one; of two openings at once, the one that lasts longer. */
export function later(one: HealthEntry | undefined, other: HealthEntry): HealthEntry {
  if (one === undefined) return other;
  const ahead = other.circuit.generation - one.circuit.generation;
  if (ahead !== 0) return ahead > 0 ? other : one;
  return freeAt(other.circuit) > freeAt(one.circuit) ? other : one;
}

/** Circuits that keep requests away first, those that do so longest before others; then the latest. */
function byWorth(now: number): (one: HealthEntry, other: HealthEntry) => number {
  const leftMs = ({ circuit }: HealthEntry): number => Math.max(0, freeAt(circuit) - now);
  return (one, other) => leftMs(other) - leftMs(one) || other.updatedAtMs - one.updatedAtMs;
}
