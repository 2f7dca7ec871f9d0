import { parse, type ValueNode } from '@humanwhocodes/momoa';
import { ConfigError } from '../core/errors.js';
import { type ConfigDocument, keyTwice, memberOf } from './document.js';

export function jsonDocument(path: string, text: string): ConfigDocument {
  const tree = parsed(path, text);
  const lines = new Map<string, number>();
  addLines(tree, '', { path, lines });
  return { value: JSON.parse(text), lines };
}

function parsed(path: string, text: string): ValueNode {
  try {
    return parse(text, { mode: 'json' }).body;
  } catch (error) {
    // The message quotes what stands there, which may be a key.
    const { line, column } = error as { readonly line?: number; readonly column?: number };
    const place = line === undefined ? '' : `:${line}`;
    const where = column === undefined ? '' : ` (line ${line}, column ${column})`;
    throw new ConfigError(
      'config-json',
      `${path}${place}: this is not JSON${where}`,
      'check for a missing comma or quote, before this place too',
    );
  }
}

function addLines(
  node: ValueNode,
  pointer: string,
  document: { readonly path: string; readonly lines: Map<string, number> },
): void {
  if (node.type === 'Array') {
    for (const [index, { value }] of node.elements.entries()) {
      const element = memberOf(pointer, String(index));
      document.lines.set(element, value.loc.start.line);
      addLines(value, element, document);
    }
  }
  if (node.type !== 'Object') return;
  for (const { name, value } of node.members) {
    const member = memberOf(pointer, name.type === 'String' ? name.value : name.name);
    if (document.lines.has(member)) throw keyTwice(document.path, name.loc.start.line);
    document.lines.set(member, name.loc.start.line);
    addLines(value, member, document);
  }
}
