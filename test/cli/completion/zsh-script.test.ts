import { describe, expect, it } from 'vitest';
import { withOpenWords } from '../../../src/cli/completion/zsh-script.js';

describe('the script for zsh', () => {
  it('is not changed blindly: another version of the generator may write another one', () => {
    expect(() => withOpenWords('#compdef majordomo\nsomething else')).toThrow('not what it was');
  });
});
