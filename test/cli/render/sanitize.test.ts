import { expect, it } from 'vitest';
import { oneLine } from '../../../src/cli/render/sanitize.js';

it('a message is one line without control sequences', () => {
  expect(oneLine('a\r\n\tb\u001b[1mc')).toBe('a bc');
});
