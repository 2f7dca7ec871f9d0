/**
 * Whether a model's id is meant by a filter: a part of it in any case, or a pattern for all of it in which `*` stands for
 * anything and `?` for one character.
 */
export function modelFilter(text: string): (id: string) => boolean {
  const wanted = text.toLowerCase();
  if (!/[*?]/.test(wanted)) return (id) => id.toLowerCase().includes(wanted);
  return (id) => fits([...wanted], [...id.toLowerCase()]);
}

/** Goes back to the last `*` only, so that no pattern takes longer than its length times that of the text. */
function fits(pattern: readonly string[], text: readonly string[]): boolean {
  let [at, next] = [0, 0];
  let star = -1;
  let afterStar = 0;
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next;
      next += 1;
      afterStar = at;
    } else if (pattern[next] === '?' || pattern[next] === text[at]) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      afterStar += 1;
      at = afterStar;
      next = star + 1;
    } else {
      return false;
    }
  }
  return pattern.slice(next).every((rest) => rest === '*');
}
