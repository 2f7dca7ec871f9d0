import { shown } from './shown.js';

/**
 * How many pairs of characters are compared for one word. That is all of hundreds of names; of more, or of longer ones, the
 * rest is left out: a hint is worth no waiting.
 */
const mostPairs = 100_000;

/**
 * The candidates most like `word`, best first: what a user who mistyped a name probably meant.
 *
 * Case is ignored; equally near candidates keep their order. A candidate qualifies when at most a third of the
 * longer of the two words (at least one character) was inserted, left out, replaced or swapped with its neighbour.
 */
export function nearest(word: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = word.toLowerCase();
  const ranked: { readonly candidate: string; readonly distance: number }[] = [];
  const seen = new Set<string>();
  let left = mostPairs;
  for (const candidate of candidates) {
    if (left <= 0) break;
    if (seen.has(candidate)) continue;
    seen.add(candidate);
    const other = candidate.toLowerCase();
    const longer = Math.max(wanted.length, other.length);
    const cutOff = Math.min(Math.max(1, Math.floor(longer / 3)), longer - 1);
    // the difference in length is a lower bound; it also keeps very long input cheap
    if (Math.abs(wanted.length - other.length) > cutOff) continue;
    left -= wanted.length * other.length;
    if (left < 0) continue;
    const distance = editDistance(wanted, other);
    if (distance <= cutOff) ranked.push({ candidate, distance });
  }
  return ranked
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `did you mean x or y?`, or '' when nothing is near. Only candidates are named, never `word`. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates).map(shown);
  const last = found.pop();
  if (last === undefined) return '';
  return found.length === 0 ? `did you mean ${last}?` : `did you mean ${found.join(', ')} or ${last}?`;
}

/**
 * How many characters were inserted, left out, replaced or swapped with their neighbour. Damerau-Levenshtein in its restricted
 * form (optimal string alignment): no pair is edited twice.
 */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforePrevious, column - 2) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
