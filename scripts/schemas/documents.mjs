// One entry for each schema of schemas/ that is made: its title, and the shape that it describes.
import { definitions, reportKeys } from './definitions.mjs';
import {
  amountOrNull,
  count,
  countOrNull,
  flag,
  listOf,
  listOrNull,
  oneOf,
  record,
  ref,
  refOrNull,
  text,
  textOrNull,
} from './words.mjs';

const attemptNumber = { ...count('The number of the request within this run.'), minimum: 1 };

const event = (type, keys, description) =>
  record({ type: { description: 'What happened.', const: type }, ...keys }, description);

const events = {
  attemptStart: event(
    'attempt-start',
    {
      attempt: attemptNumber,
      target: text('provider/model.'),
      atMs: count('When (epoch milliseconds).'),
      beside: textOrNull('The target whose first token is late, when this one is asked beside it (--hedge).'),
    },
    'A request is made.',
  ),
  textDelta: event(
    'text-delta',
    { attempt: attemptNumber, text: text('The next piece of the answer.') },
    'A piece of an answer. Void if its attempt fails.',
  ),
  reasoningDelta: event(
    'reasoning-delta',
    { attempt: attemptNumber, text: text('The next piece of reasoning.') },
    'A piece of what the model tells of its thinking. Void if its attempt fails.',
  ),
  attemptEnd: event(
    'attempt-end',
    {
      attempt: count(
        'The number of the request; 0 for a target that was skipped, of which no request was made.',
      ),
      record: ref('attempt', 'What came of it, as in the attempts of the last line.'),
      nextTarget: textOrNull('The target that is asked next; null where none is.'),
      waitMs: count('How long the chain waits before it asks again, in milliseconds.'),
      hint: textOrNull('For people: what to do about it.'),
    },
    'A request has ended, or a target was skipped. If it failed, the deltas of its attempt are void.',
  ),
  warning: event('warning', { warning: ref('warning', 'What it is.') }, 'Something is odd and ends nothing.'),
};

export const documents = {
  run: {
    title: 'majordomo/run@1',
    ...definitions.run,
    description: 'What majordomo run --format json prints.',
  },
  'run-events': {
    title: 'A line of majordomo run --format ndjson',
    description:
      'What happens, one value a line. The last line is the object that --format json prints: it alone says what the answer is.',
    definitions: {
      ...Object.fromEntries(Object.entries(events).map(([name, shape]) => [`${name}Event`, shape])),
    },
    oneOf: [...Object.keys(events).map((name) => ref(`${name}Event`)), ref('run')],
  },
  resolve: {
    title: 'majordomo/resolve@1',
    ...record(
      {
        ...reportKeys('majordomo/resolve@1'),
        resolutions: listOf(
          ref('resolution'),
          'One for each spec that was named, or for each alias in the order of their names.',
        ),
        diff: {
          description: 'With --diff: what would change; else null.',
          anyOf: [
            record({
              file: text('The dotenv file, as it was named.'),
              resolutions: listOf(ref('resolution'), 'The same specs with the variables of the file.'),
            }),
            { type: 'null' },
          ],
        },
      },
      'What majordomo resolve --format json prints.',
    ),
  },
  providers: {
    title: 'majordomo/providers@1',
    ...record(
      {
        ...reportKeys('majordomo/providers@1'),
        providers: listOf(
          record({
            name: text('As in provider/model.'),
            scheme: textOrNull(
              'The scheme of its DSN: openai, ollama, …; null where the DSN cannot be read.',
            ),
            dialect: textOrNull(
              'The protocol that is spoken: openai, anthropic, …; null where it is not known.',
            ),
            endpoint: textOrNull('Its address, without credential and query; null where it is not known.'),
            endpointVariable: textOrNull(
              'The variable that named the address, where the DSN did not: OLLAMA_HOST.',
            ),
            source: ref('source', 'Where the provider is defined.'),
            shadows: listOf(ref('source'), 'Weaker definitions of the same name, strongest first.'),
            credential: refOrNull('credential', 'Its credential; null where there is none.'),
            status: oneOf(
              ['ready', 'no-credential', 'invalid'],
              'ready: may be asked; no-credential: its key is not set; invalid: its definition cannot be used.',
            ),
            problem: textOrNull('For people: why it is not ready; null if it is.'),
            hint: textOrNull('For people: what to do about it.'),
            warnings: listOf(ref('warning'), 'What is odd about its definition without making it unusable.'),
            defaultModel: textOrNull('The model that its bare name stands for.'),
            models: listOrNull(
              record({
                id: text('As in provider/model.'),
                source: text(
                  'endpoint for one that the endpoint has listed, else where the provider is defined: LLM_M1.',
                ),
              }),
              'The models that are known; null where none are. With --models those that the endpoint lists are among them.',
            ),
            modelsError: refOrNull('failure', "Why the endpoint's list is not there, or not whole."),
            aliases: listOf(
              text('The name of an alias.'),
              'Those that lead to it; only for providers that were named.',
            ),
            options: record(
              {
                attemptTimeoutMs: countOrNull('How long one request may take, in milliseconds.'),
                connectTimeoutMs: countOrNull('How long a connection may take, in milliseconds.'),
                firstTokenTimeoutMs: countOrNull('How long the first token may take, in milliseconds.'),
                idleTimeoutMs: countOrNull('The longest silence after the first token, in milliseconds.'),
                retries: countOrNull('Retries after a transient error.'),
                maxTokens: countOrNull('The most tokens an answer may have.'),
                priceIn: amountOrNull('USD per million tokens of input.'),
                priceOut: amountOrNull('USD per million tokens of output.'),
              },
              "What its definition sets; null where the chain's settings hold.",
            ),
            circuit: refOrNull('circuit', 'The circuit of the provider; null where it is invalid.'),
          }),
          'The providers there are.',
        ),
        ignored: listOf(
          record({ key: text('The variable; never its value.'), reason: text('For people.') }),
          'Variables that look like providers and are none.',
        ),
        folded: count('How many built-in providers without a key are left out; --all shows them.'),
      },
      'What majordomo providers --format json prints.',
    ),
  },
  health: {
    title: 'majordomo/health@1',
    ...record(
      {
        ...reportKeys('majordomo/health@1'),
        state: oneOf(
          ['up', 'degraded', 'down'],
          'down: a required check failed or a required chain is down; degraded: such a chain is; up: neither.',
        ),
        checks: listOf(ref('check'), 'One for each provider and each target.'),
        chains: listOf(
          record({
            spec: text('As it was named.'),
            required: flag('Whether its state counts; not with --optional.'),
            state: oneOf(
              ['up', 'degraded', 'down'],
              'up: the first target is healthy; degraded: a later one is; down: none is.',
            ),
            firstHealthy: textOrNull('The first target that is healthy (provider/model).'),
            answeredBy: textOrNull(
              'Who would answer a run, as far as the checks tell; null for nobody: none is healthy, or the chain ends before, or is refused.',
            ),
            targets: listOf(text('provider/model.'), 'In the order in which they would be asked.'),
            drill: {
              description:
                'With --drill: what became, or would become, of the chain without its first targets; else null.',
              anyOf: [
                listOf(
                  record({
                    failed: listOf(text('provider/model.'), 'The targets that were made to fail.'),
                    status: oneOf(
                      ['pass', 'fail', 'skip'],
                      'fail: nobody answers, or not as expected; skip: nobody was asked.',
                    ),
                    answeredBy: textOrNull('Who answered, or would answer; null for nobody.'),
                    message: textOrNull(
                      'For people: why nobody was asked, nobody answers, or that somebody would is not proven.',
                    ),
                    durationMs: count('How long that took, in milliseconds.'),
                    usd: amountOrNull('US dollars; null where the price is not known, or nobody answered.'),
                  }),
                ),
                { type: 'null' },
              ],
            },
          }),
          'One for each chain that was named.',
        ),
        spend: record(
          {
            requests: count('Requests to models.'),
            inputTokens: count('Tokens of input, as far as the APIs told.'),
            outputTokens: count('Tokens of output, as far as the APIs told.'),
            usd: amountOrNull('US dollars; null where a price is not known.'),
            catalogue: textOrNull(
              'The package, with its version, whose prices count where a DSN names none.',
            ),
          },
          'What the models were asked for; nothing without --probe.',
        ),
      },
      'What majordomo health --format json prints.',
    ),
  },
  memory: {
    title: 'majordomo/memory@1',
    ...record(
      {
        ...reportKeys('majordomo/memory@1'),
        circuits: listOf(
          ref('rememberedCircuit'),
          'What earlier runs have left; after --reset, what is still left.',
        ),
      },
      'What majordomo health --memory and --reset print with --format json.',
    ),
  },
};
