/** Where a provider or an alias was defined. `key` is for people: `LLM_M1`, `majordomo.yaml:7`, `--alias`. */
export interface Source {
  readonly kind: 'builtin' | 'env' | 'flag' | 'project-file' | 'user-file' | 'program';
  readonly key: string;
}
