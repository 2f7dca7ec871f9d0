// The sixteen faults of the failoverbench methodology v0.1: what the first provider does, and what a caller must see.
//
// `required` and `advisory` are lists of [what, whether]. They get what a run came to: `code`, `stdout`, `stderr`,
// `run` (its JSON, null when it was shown live), `durationMs`, `asked` (the requests of the first provider, with the
// time of each), `spare` (those of the second), `p` and `f` (the two whole answers), `text` (the answer printed), and
// `answered`. `ms` turns milliseconds of the catalogue into those of the profile.
//
// A live run that was cut after its first text cannot be whole: S08, S09 and S14 then ask for a clean error, exit 7.

const answered = ['answered', (at) => at.answered];
const byFallback = ['answered by the fallback', (at) => at.code === 0 && at.text === at.f];
const once = ['one attempt on the first', (at) => at.asked.length === 1];
const neverCut = ['never a truncated success', (at) => at.code !== 0 || at.text === at.p || at.text === at.f];
const wholeOrClean = [
  'the whole answer; live a clean error, exit 7',
  (at) =>
    at.live
      ? at.code === 7 && at.p.startsWith(at.text.trimEnd()) && at.stderr.includes('cut after it had begun')
      : at.answered,
];
const endedWithin = (limitMs) => [
  `ended within ${limitMs / 1_000} s`,
  (at) => at.durationMs <= at.ms(limitMs) + at.startMs,
];
const attemptsWithin = (count, windowMs) => [
  `at most ${count} attempts in ${windowMs / 1_000} s`,
  (at) => {
    const all = [...at.asked, ...at.spare].sort((a, b) => a - b);
    return all.filter((time) => time - all[0] <= windowMs).length <= count;
  },
];
const attemptsAtMost = (count) => [
  `at most ${count} attempts`,
  (at) => at.asked.length + at.spare.length <= count,
];
const noOpenConnection = ['no connection left open', (at) => at.open === 0];

export const scenarios = [
  {
    id: 'S01',
    name: '429 with Retry-After: 2 once',
    primary: (answer, asked) =>
      asked === 1 ? answer.refuse(429, 429, { 'retry-after': '2' }) : answer.whole(),
    required: [answered, attemptsWithin(2, 1_500)],
    advisory: [['a second attempt, 1.8 s after the first', (at) => at.asked[1] - at.asked[0] >= 1_800]],
  },
  {
    id: 'S02',
    name: '429 for ever',
    primary: (answer) => answer.refuse(429),
    required: [attemptsWithin(4, 3_000), attemptsAtMost(6), byFallback],
    advisory: [],
  },
  {
    id: 'S03',
    name: '500 once',
    primary: (answer, asked) => (asked === 1 ? answer.refuse(500) : answer.whole()),
    required: [answered],
    advisory: [['a second attempt on the first', (at) => at.asked.length === 2 && at.text === at.p]],
  },
  {
    id: 'S04',
    name: '503 for ever',
    primary: (answer) => answer.refuse(503),
    required: [attemptsAtMost(6), byFallback],
    advisory: [],
  },
  {
    id: 'S05',
    name: 'TCP reset before headers, once',
    primary: (answer, asked) => (asked === 1 ? answer.reset() : answer.whole()),
    required: [answered],
    advisory: [],
  },
  {
    id: 'S06',
    name: 'accepts, never answers',
    primary: () => {},
    required: [answered, endedWithin(100_000), noOpenConnection],
    advisory: [once],
  },
  {
    id: 'S07',
    name: 'headers at once, first token after 20 s',
    primary: (answer, _, ms) => {
      answer.head();
      answer.later(ms(20_000), () => answer.write(['']));
    },
    required: [answered],
    advisory: [endedWithin(15_000)],
  },
  {
    id: 'S08',
    name: 'the stream dies after 40 of 60 tokens',
    primary: (answer) => {
      answer.some(40);
      answer.cut();
    },
    required: [neverCut],
    advisory: [wholeOrClean],
  },
  {
    id: 'S09',
    name: 'silent after 20 tokens for 30 s',
    primary: (answer, _, ms) => {
      answer.some(20);
      answer.later(ms(31_000), () => answer.reset());
    },
    required: [neverCut, endedWithin(45_000), noOpenConnection],
    advisory: [wholeOrClean],
  },
  {
    id: 'S10',
    name: 'the tenth event is broken JSON',
    primary: (answer) => answer.whole({ broken: true }),
    required: [['nothing garbled', (at) => !`${at.stdout}${at.stderr}`.includes('GARBLED')], neverCut],
    advisory: [['the whole answer, from the same stream', (at) => at.text === at.p && at.asked.length === 1]],
  },
  {
    id: 'S11',
    name: 'a complete stream without [DONE], never closed',
    primary: (answer) => answer.whole({ done: false, hold: true }),
    required: [answered, ['finished within 8 s', (at) => at.durationMs <= 8_000], noOpenConnection],
    advisory: [['usage reported', (at) => at.usage]],
  },
  {
    id: 'S12',
    name: '400 context length',
    primary: (answer) => answer.refuse(400, 'context'),
    required: [once, byFallback],
    advisory: [],
  },
  {
    id: 'S13',
    name: '400 content policy',
    primary: (answer) => answer.refusePolicy(),
    required: [
      once,
      ['a clean error', (at) => at.code === 4 && at.text === ''],
      [
        "the provider's reason",
        (at) => /safety system|content filtering policy|PROHIBITED_CONTENT/.test(`${at.stdout}${at.stderr}`),
      ],
    ],
    advisory: [['the fallback is not asked', (at) => at.spare.length === 0]],
  },
  {
    id: 'S14',
    name: 'the stream dies after 40 tokens; the fallback refuses a prefill',
    primary: (answer) => {
      answer.some(40);
      answer.cut();
    },
    required: [neverCut, ['no prefill', (at) => at.refused === 0]],
    advisory: [wholeOrClean],
  },
  {
    id: 'S16',
    name: '503 for ever: who served, and what it cost',
    primary: (answer) => answer.refuse(503),
    required: [
      byFallback,
      ["the fallback's model and usage", (at) => at.usage && at.served],
      ['failures are no completions', (at) => at.run === null || at.run.attempts.filter(isOk).length === 1],
    ],
    advisory: [],
  },
];

function isOk(attempt) {
  return attempt.outcome === 'ok';
}
