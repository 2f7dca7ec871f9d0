/** What candidates are made from: what is configured and remembered, without anybody having been asked. */
export interface Facts {
  readonly aliases: readonly AliasFacts[];
  readonly providers: readonly ProviderFacts[];
  /** Targets of the chain that the command line names. */
  readonly chain: readonly string[];
  /** Targets and providers in the health memory. */
  readonly remembered: readonly string[];
}

export interface AliasFacts {
  readonly name: string;
  readonly spec: string;
}

export interface ProviderFacts {
  readonly name: string;
  /** Whether somebody set it up; a built-in whose key is missing is offered only where nothing else is. */
  readonly isSetUp: boolean;
  readonly endpoint: string;
  readonly defaultModel: string | null;
  readonly models: readonly string[];
}

export const noFacts: Facts = { aliases: [], providers: [], chain: [], remembered: [] };
