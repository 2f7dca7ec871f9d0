const ending = `
    else
      _describe 'commands' matches
    fi`;

const ours = `
    else
      _majordomo_describe
    fi`;

const describe = `
function _majordomo_describe () {
  # After a provider's slash, or a name's "=", the word goes on: no space there.
  local -a whole open
  local -i i
  for (( i = 1; i <= \${#completions[@]}; i++ )); do
    if [[ "\${completions[i]}" == *[/=] ]]; then
      open+=("\${matches[i]}")
    else
      whole+=("\${matches[i]}")
    fi
  done
  _describe 'completions' whole -- open -S ''
}
`;

/** The generated script for zsh, which ends each completion with a space. Throws for one that is not what it was. */
export function withOpenWords(script: string): string {
  const at = script.indexOf(ending);
  const head = script.indexOf('\n');
  if (at < 0 || !script.startsWith('#compdef ')) throw new Error('the script for zsh is not what it was');
  const first = script.slice(0, head + 1);
  return first + describe.trimStart() + script.slice(head + 1, at) + ours + script.slice(at + ending.length);
}
