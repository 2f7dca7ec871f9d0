/** Words that get cached code of their own: each makes V8 compile other functions. */
const commands = ['run', 'resolve', 'providers', 'health', 'completion', 'complete'] as const;

/** Under which name a run's code is cached: its command, or one name for help and for what does not get far. */
export function commandOf(args: readonly string[]): (typeof commands)[number] | 'help' {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (own[0] === 'help' || own.includes('--help') || own.includes('-h')) return 'help';
  return commands.find((command) => own.includes(command)) ?? 'help';
}

export interface Runtime {
  readonly node: string;
  readonly v8: string;
  readonly arch: string;
  readonly nodeFlags: string;
}

/**
 * Tells apart what makes V8 refuse each other's code. `v8.cachedDataVersionTag()` would say it in one number, but
 * loading `node:v8` for it costs a twentieth of the start-up; V8 checks that number itself, so that a wrong guess here only
 * costs a compilation.
 */
export function runtimeKey({ node, v8, arch, nodeFlags }: Runtime): string {
  return [node, v8, arch, shortHash(nodeFlags)].join('-');
}

/** FNV-1a, 32 bits: enough to keep a few combinations of flags apart. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
