/**
 * Whether a model's id is meant by a filter: a part of it in any case, or a pattern for all of it in which `*` stands for
 * anything and `?` for one character.
 */
export function modelFilter(text: string): (id: string) => boolean {
  const wanted = text.toLowerCase();
  if (!/[*?]/.test(wanted)) return (id) => id.toLowerCase().includes(wanted);
  const pieces = wanted.split(/(\*+|\?)/);
  const pattern = pieces.map((piece) => {
    if (piece.startsWith('*')) return '.*';
    return piece === '?' ? '.' : piece.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
  });
  const expression = new RegExp(`^${pattern.join('')}$`, 'su');
  return (id) => expression.test(id.toLowerCase());
}
