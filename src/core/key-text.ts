/** The key in a variable's value: without white space around it, and without quotes that no shell has taken away. Null for none. */
export function keyIn(value: string | undefined): string | null {
  const text = value?.trim().replace(/^(["'])(.*)\1$/s, '$2');
  return text?.trim() || null;
}

/** What is odd about a key, in words that tell nothing of it; null for nothing. */
export function oddKey(key: string): string | null {
  if (/^(?:\$[{(A-Za-z_]|%\w+%$|\{\{)/.test(key)) return 'looks like a variable that was not expanded';
  if (/\s/.test(key)) return 'has white space inside: is there more in it than the key?';
  return null;
}
