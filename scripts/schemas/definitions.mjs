// What several reports have in common, by name; each schema takes in what it refers to.
import {
  amountOrNull,
  count,
  countOrNull,
  flag,
  listOf,
  oneOf,
  oneOfOrNull,
  record,
  ref,
  refOrNull,
  text,
  textOrNull,
} from './words.mjs';

const circuitKeys = {
  state: oneOf(
    ['closed', 'open', 'half-open'],
    'closed: requests go through; open: kept away from until untilMs; half-open: one process is looking whether it is well again.',
  ),
  untilMs: countOrNull(
    'Until when nobody else asks (epoch milliseconds); null where everybody may, also once that time is over.',
  ),
  failures: count('Failures in a row.'),
};

/** The keys of every report. `name` is that of its schema: majordomo/run@1. */
export const reportKeys = (name) => ({
  schema: { description: 'The name and the version of this shape.', const: name },
  version: text('The version of majordomo that printed it.'),
  warnings: listOf(ref('warning'), 'What is odd and ended nothing.'),
  error: refOrNull('failure', 'Why the command could not do its work; null if it could.'),
  exitCode: ref('exitCode'),
  durationMs: count('How long the command took, in milliseconds.'),
});

const run = record({
  ...reportKeys('majordomo/run@1'),
  spec: text('The spec that was asked, as it was written; empty where none was known yet.'),
  text: text('The whole answer; empty where there is none.'),
  reasoning: textOrNull('What the model told of its thinking.'),
  servedBy: textOrNull('The target that answered (provider/model).'),
  servedModel: textOrNull('The model as the server names it.'),
  failover: flag('Whether another target than the first answered.'),
  firstTokenMs: countOrNull('From the start of the chain to the first token of the answer, in milliseconds.'),
  finishReason: oneOfOrNull(
    ['stop', 'length', 'content-filter', 'refusal', 'tool-calls', 'other'],
    'Why the answer ended; null where there is none.',
  ),
  rawFinishReason: textOrNull("The same in the API's own word."),
  usage: refOrNull('usage', 'Tokens of the attempt that answered; null where the API did not tell.'),
  cost: ref('cost', 'What the answer cost.'),
  expectations: listOf(ref('expectation'), 'What was expected of the answer, and whether it holds.'),
  attempts: listOf(
    ref('attempt'),
    'All attempts in the order in which they ended, skipped targets included.',
  ),
});

export const definitions = {
  warning: record({
    code: text('Stable, for programs: cut-by-length, empty-answer, malformed-event, health-store, …'),
    message: text('For people.'),
  }),
  failure: record({
    code: text(
      'Stable, for programs: usage, config-key, unknown-provider, chain-exhausted, deadline, cancelled, …',
    ),
    kind: refOrNull(
      'errorKind',
      'The kind of the last error that a target gave; null where no target gave one.',
    ),
    class: ref('errorClass'),
    message: text('For people: what and where. May have several lines.'),
    hint: textOrNull('For people: what to do about it.'),
  }),
  errorKind: oneOf(
    [
      'rate-limit',
      'overloaded',
      'server-error',
      'network',
      'unreachable',
      'timeout',
      'quota',
      'misconfigured',
      'model-not-found',
      'context-length',
      'auth',
      'bad-request',
      'content-filter',
      'cancelled',
    ],
    'What went wrong with an attempt.',
  ),
  errorClass: oneOfOrNull(
    ['transient', 'permanent', 'model-not-found'],
    'transient: may pass; permanent: will not, for any target; model-not-found: will not, for this target; null where there is no kind, or where it was cancelled.',
  ),
  exitCode: oneOf(
    [0, 1, 2, 3, 4, 5, 6, 7, 70, 74, 130, 143],
    'The exit code of the process. 0: done; 1: the verdict is negative; 2: wrong usage; 3: wrong configuration, nothing was sent; 4: permanent; 5: exhausted, safe to run again; 6: the deadline; 7: cut after it had begun; 70: a bug of majordomo; 74: standard output or a report cannot be written; 130, 143: interrupted, terminated.',
  ),
  attempt: record(
    {
      target: text('provider/model.'),
      provider: text('The name of the provider.'),
      model: text('The model that was asked for.'),
      outcome: {
        description:
          'ok; skipped: not asked; abandoned: another target was faster (--hedge); else the kind of error.',
        anyOf: [{ enum: ['ok', 'skipped', 'abandoned'] }, ref('errorKind')],
      },
      reason: textOrNull(
        'Why it was skipped (circuit-open, no-credential), left (hedge), or which timer ended it (connect, first-token, idle, attempt, deadline).',
      ),
      class: ref('errorClass'),
      httpStatus: countOrNull('The status that the server answered with.'),
      startedAtMs: count('When it began (epoch milliseconds).'),
      durationMs: count('How long it took, in milliseconds; 0 where it was skipped.'),
      firstTokenMs: countOrNull('From its start to its first token, in milliseconds.'),
      retryAfterMs: countOrNull(
        'How long the server asked to be left alone, or how long a skipped target is still kept away from, in milliseconds.',
      ),
      requestId: textOrNull("The server's own id of the request."),
      message: textOrNull(
        'What the server or the system said, or what was done to get an answer, in one line and without credentials.',
      ),
      hedge: flag('Whether it was asked beside a slow one.'),
      injected: flag('Whether its fault was put there by --inject.'),
      next: oneOfOrNull(
        ['retry', 'advance', 'stop'],
        'What the chain did then: asked the same target again, asked the next one, or ended; null after an answer and where it was abandoned.',
      ),
    },
    'One request to one target, or the decision not to make it.',
  ),
  usage: record(
    {
      inputTokens: count('Cached ones included.'),
      outputTokens: count('Those of reasoning included.'),
      reasoningTokens: countOrNull('How many of the output were reasoning.'),
      cachedInputTokens: countOrNull('How many of the input came from a cache.'),
    },
    'Tokens, counted the same way whatever the API.',
  ),
  cost: record({
    usd: amountOrNull('US dollars; null where prices or tokens are not known.'),
    source: text('Where the prices are from: dsn (price_in, price_out), or unknown.'),
  }),
  expectation: record({
    text: text('What was expected, as it was written.'),
    passed: flag('Whether it holds.'),
    actual: textOrNull('What was found in its place.'),
  }),
  source: record(
    {
      kind: oneOf(
        ['builtin', 'env', 'flag', 'project-file', 'user-file', 'program'],
        'What kind of place it is: comes with majordomo, a variable, a flag, a file, or a program that uses the library.',
      ),
      key: text('The place itself, for people: LLM_M1, majordomo.yaml:7, --alias.'),
    },
    'Where something is defined.',
  ),
  credential: record(
    {
      source: text('Where it comes from: OPENAI_API_KEY, LLM_WORK, key_file, key_cmd, … Never the key.'),
      fingerprint: textOrNull(
        'Its last 4 characters, only of a key of 20 or more that is known without running a command.',
      ),
    },
    'A credential, without its value.',
  ),
  circuit: record(circuitKeys, 'What is remembered of failures.'),
  rememberedCircuit: record({
    ...circuitKeys,
    name: text('The target or the provider as it was called; two entries may have one name.'),
    scope: oneOf(['target', 'provider'], 'Whether it is about one model or all of a provider.'),
    kind: refOrNull('errorKind', 'The kind of the last failure.'),
    updatedAtMs: count('When it last changed (epoch milliseconds).'),
  }),
  node: record(
    {
      name: text('The alias or the target.'),
      kind: oneOf(['alias', 'target'], 'Which of the two it is.'),
      source: refOrNull('source', 'Where the alias is defined; null for a target.'),
      shadows: listOf(
        ref('source'),
        'Weaker definitions of the same alias that this one hides, strongest first.',
      ),
      children: listOf(ref('node'), 'What the alias stands for; empty for a target.'),
    },
    'A name of a spec and what it stands for.',
  ),
  target: record(
    {
      target: text('provider/model.'),
      provider: text('The name of the provider.'),
      model: text('The model that would be asked for.'),
      scheme: text('The scheme of its DSN: openai, ollama, …'),
      endpoint: text('Its address, without credential and query.'),
      endpointVariable: textOrNull(
        'The variable that named the address, where the DSN did not: OLLAMA_HOST.',
      ),
      source: ref('source', 'Where the provider is defined.'),
      credential: refOrNull('credential', 'Its credential; null where there is none.'),
      circuit: ref('circuit', 'The worse of the circuits of target and provider.'),
      usable: flag('Whether its configuration is complete; an open circuit says nothing about that.'),
      notes: listOf(ref('warning'), 'What is odd about it: no-credential, shared-fate, …'),
    },
    'A target as it would be asked.',
  ),
  check: record(
    {
      subject: text('A provider, or provider/model.'),
      provider: text('The name of the provider.'),
      required: flag('Whether its failure is the failure of the whole.'),
      status: oneOf(
        ['pass', 'warn', 'fail', 'skip'],
        'warn: nothing is wrong, but not all of it could be proven; skip: it has no key, and is not required.',
      ),
      level: ref('level', 'How far the check was to go.'),
      levelReached: {
        description: 'The highest level that is proven; null for none.',
        anyOf: [ref('level'), { type: 'null' }],
      },
      kind: { description: 'Of the error, if there was one.', anyOf: [ref('errorKind'), { type: 'null' }] },
      httpStatus: countOrNull('Of the last response.'),
      message: textOrNull('For people: what is wrong, or not proven.'),
      expected: textOrNull('What would have been right, where that can be said.'),
      hint: textOrNull('For people: what to do about it.'),
      durationMs: count('How long the check took, in milliseconds.'),
      certificateDays: {
        description: "Whole days until the server's certificate ends; null without TLS.",
        type: ['integer', 'null'],
      },
      phases: record(
        {
          dnsMs: countOrNull('The look-up of the name; null for an address.'),
          connectMs: countOrNull('The connection.'),
          tlsMs: countOrNull('The handshake; null without TLS.'),
          firstByteMs: countOrNull('From the request that proves the key to its answer.'),
        },
        'What took how long, in milliseconds; null for what was not done.',
      ),
      repeats: {
        description: 'null: it was checked once.',
        anyOf: [
          record({ passed: count('Checks that passed.'), total: count('All of them.') }),
          { type: 'null' },
        ],
      },
      expectations: listOf(ref('expectation'), 'What was expected of the answer.'),
    },
    'What came of checking one subject.',
  ),
  level: oneOf(
    ['configured', 'reachable', 'credential', 'model', 'generates'],
    'From what costs nothing to what proves everything.',
  ),
  resolution: record(
    {
      spec: text('The spec as it was named.'),
      error: refOrNull('failure', 'Why it cannot be run; null if it can.'),
      tree: listOf(ref('node'), 'How it expands.'),
      duplicates: listOf(text('provider/model.'), 'Targets that are named again; the first mention stands.'),
      targets: listOf(ref('target'), 'In the order in which they would be asked.'),
    },
    'What one spec means.',
  ),
  run,
};
