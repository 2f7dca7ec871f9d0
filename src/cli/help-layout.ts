import { Help } from 'commander';

/** On a narrower terminal what a flag does stands below the flag. */
const sideBySideFrom = 70;

/** How commander lays help out, so that 40 columns are enough. */
export const helpLayout: Partial<Help> = {
  minWidthToWrap: 20,
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? 80;
    if (width >= sideBySideFrom)
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    const below = helper.boxWrap(description, width - 6).replace(/^/gm, '      ');
    return `  ${term}\n${below}`;
  },
};

/** How wide help may be; a terminal that nobody sized says 0. */
export function helpWidth({ columns }: { readonly columns?: number }): number {
  return columns || 80;
}

/** Paragraphs filled up to a width. */
export function filled(paragraphs: readonly string[], width: number): string {
  const help = new Help();
  help.minWidthToWrap = 20;
  return paragraphs.map((paragraph) => help.boxWrap(paragraph, Math.min(width, 80))).join('\n\n');
}
