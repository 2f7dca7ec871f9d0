/**
 * What the generated script for bash lacks, put around it.
 *
 * Readline cuts words at colons, too, where the generated function puts together only what was cut at "=", and it ends
 * each completion with a space.
 */
export const aroundBash = `
function _majordomo_word () {
  # Words that were cut at a colon, as in ollama/qwen3:8b, are one word again.
  local -a words=()
  local rest="\${COMP_LINE:0:COMP_POINT}" word previous="" colons=0 space i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    space=0
    while [[ "$rest" == [[:space:]]* ]]; do
      space=1
      rest="\${rest:1}"
    done
    # Of the last word only what stands before the cursor counts.
    ((i == COMP_CWORD && \${#rest} < \${#word})) && word="\${word:0:\${#rest}}"
    # What cannot be followed is left as it was.
    [[ "\${rest:0:\${#word}}" == "$word" ]] || { _majordomo "$@"; return; }
    rest="\${rest:\${#word}}"
    colons=0
    if ((i > 1 && !space)) && { [[ "$word" == :* ]] || [[ "$previous" == *: ]]; }; then
      colons=1
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    previous="$word"
  done
  local -a COMP_WORDS=("\${words[@]}")
  local COMP_CWORD=$((\${#words[@]} - 1))
  if ((colons)); then
    # Readline puts a reply in the place of what follows the last colon alone.
    local whole="\${COMP_WORDS[COMP_CWORD]}" head
    head="\${whole:0:\${#whole}-\${#2}}"
    _majordomo "$1" "$whole" "$3"
    local -a replies=()
    for word in "\${COMPREPLY[@]}"; do
      [[ "\${word:0:\${#head}}" == "$head" ]] && replies+=("\${word:\${#head}}")
    done
    COMPREPLY=("\${replies[@]}")
  else
    _majordomo "$@"
  fi
  # After a provider's slash, or a name's "=", the word goes on.
  if ((\${#COMPREPLY[@]} == 1)) && [[ "\${COMPREPLY[0]}" == *[/=] && $(type -t compopt) == builtin ]]; then
    compopt -o nospace 2>/dev/null || true
  fi
}

if [[ $(type -t compopt) == builtin ]]; then
  complete -F _majordomo_word -- majordomo
else
  complete -o filenames -F _majordomo_word -- majordomo
fi
`;
