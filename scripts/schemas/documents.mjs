// One entry for each schema of schemas/ that is made: its title, and the shape that it describes.
import { definitions, reportKeys } from './definitions.mjs';
import { count, listOf, listOrNull, oneOf, record, ref, refOrNull, text, textOrNull } from './words.mjs';

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
              'The protocol that is spoken: openai-chat, anthropic, …; null where it is not known.',
            ),
            endpoint: textOrNull('Its address, without credential and query; null where it is not known.'),
            source: ref('source', 'Where the provider is defined.'),
            credential: refOrNull('credential', 'Its credential; null where there is none.'),
            status: oneOf(
              ['ready', 'no-credential', 'invalid'],
              'ready: may be asked; no-credential: its key is not set; invalid: its definition cannot be used.',
            ),
            problem: textOrNull('For people: why it is not ready; null if it is.'),
            models: listOrNull(
              record({
                id: text('As in provider/model.'),
                source: text('Who says that there is such a model.'),
              }),
              'The models that are known; null where none are.',
            ),
          }),
          'The providers there are.',
        ),
        ignored: listOf(
          record({ key: text('The variable; never its value.'), reason: text('For people.') }),
          'Variables that look like providers and are none.',
        ),
      },
      'What majordomo providers --format json prints.',
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
