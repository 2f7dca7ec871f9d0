/** Shells that there is a script for. */
export const shellNames = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type ShellName = (typeof shellNames)[number];

export function isShellName(word: string): word is ShellName {
  return (shellNames as readonly string[]).includes(word);
}
