import type { IReport, IWatched } from '../api/watched';
import { clock } from '../clock';
import { due, questions } from './questions';
import { type IKeep, type IPlace, Queue, type Send } from './queue';
import { sidecars } from './sidecars';
import { canGo, goesOnAt, isUnderWay, union } from './spans';

test('spans are united, and short gaps are none', () => {
  expect(
    union([
      [5, 6],
      [0, 2],
      [2.2, 3],
      [1, 1.5]
    ])
  ).toEqual([
    [0, 3],
    [5, 6]
  ]);
  expect(union([])).toEqual([]);
});

const reach = (...spans: [number, number][]) => ({
  duration: spans.length ? 20 : NaN,
  seekable: {
    length: spans.length,
    start: (at: number) => spans[at][0],
    end: (at: number) => spans[at][1]
  }
});

test.each([
  ['parts of the file come', reach([0, 20]), 13, true],
  ['past the end is the end', reach([0, 19.9]), 25, true],
  ['only the whole file comes', reach([0, 0]), 13, false],
  ['its beginning is there all the same', reach([0, 0]), 0.001, true],
  ['a part that has come already', reach([0, 2], [12, 14]), 13, true],
  ['between such parts', reach([0, 2], [12, 14]), 7, false],
  ['nothing is known yet', reach(), 13, true]
])('where a video can go: %s', (_, video, second, can) => {
  expect(canGo(video, second)).toBe(can);
});

const stand = (currentTime: number, ...played: [number, number][]) => ({
  ...reach([0, 20]),
  currentTime,
  played: reach(...played).seekable
});

test.each([
  ['nothing was done', stand(0), false],
  ['its first seconds were played', stand(4, [0, 4]), false],
  ['more was played', stand(6, [0, 6]), true],
  ['somebody went there', stand(3), true],
  ['somebody went there and plays', stand(4, [3, 4]), true],
  ['somebody came back', stand(4, [0, 4], [9, 12]), true]
])('whether a video is under way: %s', (_, video, is) => {
  expect(isUnderWay(video)).toBe(is);
});

test('nothing is said of a place before it is known where the film was left', () => {
  expect(goesOnAt(stand(3, [0, 3]), null)).toBeNull();
  expect(goesOnAt(stand(3, [0, 3]), 0)).toBe(3);
  expect(goesOnAt(stand(3, [0, 3]), 13)).toBe(3);
  const whole = { ...stand(3, [0, 3]), ...reach([0, 0]) };
  expect(goesOnAt(whole, 13)).toBe(13);
  expect(goesOnAt({ ...whole, currentTime: 15 }, 13)).toBe(15);
});

test('a time is said as players say it', () => {
  expect([0, 9.9, 65, 3609].map(clock)).toEqual([
    '0:00',
    '0:09',
    '1:05',
    '1:00:09'
  ]);
});

test('what belongs to a video is known by its name', () => {
  const names = [
    'talk.webm',
    'talk.ar.vtt',
    'talk.de.vtt',
    'talk.en-GB.vtt',
    'talk.chapters.vtt',
    'talk.jpg',
    'talk.m4a',
    'talk2.en.vtt',
    'talk.vtt'
  ];
  expect(sidecars('talk.webm', names, 'de')).toEqual({
    captions: [
      { code: 'de', name: 'talk.de.vtt' },
      { code: 'ar', name: 'talk.ar.vtt' },
      { code: 'en-GB', name: 'talk.en-GB.vtt' }
    ],
    descriptions: null,
    chapters: 'talk.chapters.vtt',
    questions: null,
    poster: 'talk.jpg',
    audio: 'talk.m4a',
    small: null
  });
});

const GOOD = { prompt: 'Which?', choices: ['a', 'b'], answer: 1 };
const cue = (told: unknown, startTime = 4) => ({
  startTime,
  text: typeof told === 'string' ? told : JSON.stringify(told)
});

test('a question is taken as it is written', () => {
  const told = { ...GOOD, at: 1.5, explain: 'Because.' };
  expect(questions([cue(told), cue(GOOD, 9)])).toEqual([
    { ...told, start: 4 },
    { ...GOOD, start: 9, at: null, explain: '' }
  ]);
});

test.each([
  'no JSON',
  'null',
  '[]',
  { ...GOOD, prompt: ' ' },
  { ...GOOD, prompt: 'x'.repeat(501) },
  { ...GOOD, choices: ['a'] },
  { ...GOOD, choices: 'ab' },
  { ...GOOD, choices: ['a', 2] },
  { ...GOOD, choices: ['a', 'a'] },
  { ...GOOD, choices: [...'abcdefghi'] },
  { ...GOOD, answer: 2 },
  { ...GOOD, answer: -1 },
  { ...GOOD, answer: '1' },
  { ...GOOD, answer: 0.5 },
  { ...GOOD, at: '0:09' },
  { ...GOOD, explain: 3 }
])('what is no question is never asked: %j', told => {
  expect(questions([cue(told), cue(GOOD)])).toHaveLength(1);
});

test('a question is due when it is played over and not answered', () => {
  const asked = questions([cue(GOOD)]);
  expect(due(asked, new Set(), 3.9, 4.1)).toBe(asked[0]);
  expect(due(asked, new Set(), 3.9, 4)).toBe(asked[0]);
  expect(due(asked, new Set(), 4, 4.2)).toBeNull();
  expect(due(asked, new Set(asked), 3.9, 4.1)).toBeNull();
});

class Memory implements IKeep {
  readonly kept = new Map<string, string>();
  constructor(private readonly full = false) {}
  get length(): number {
    return this.kept.size;
  }
  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(name: string): string | null {
    return this.kept.get(name) ?? null;
  }
  setItem(name: string, value: string): void {
    if (this.full) {
      throw new Error('full');
    }
    this.kept.set(name, value);
  }
  removeItem(name: string): void {
    this.kept.delete(name);
  }
}

const place: IPlace = { course: 'c', lesson: 'l', path: 'media/talk.webm' };
const known: IWatched = {
  path: place.path,
  duration: 20,
  position: 3,
  coverage: 0.5,
  spans: []
};

/** A course that can be away; `sent` is all that reached it. */
class Course {
  away = false;
  refuses = false;
  readonly sent: IReport[] = [];
  readonly send: Send = async (_, report) => {
    if (this.away) {
      throw new Error('away');
    }
    this.sent.push(report);
    return this.refuses ? null : known;
  };
}

/** A clock that stands still unless a test moves it; what is due later waits for `flush`. */
const clockAt = (now: () => number) => ({ now, after: () => undefined });
const still = clockAt(() => 0);

const settled = (): Promise<void> => new Promise(done => setTimeout(done, 5));

test('what is watched while the course is away waits, and arrives once', async () => {
  const course = new Course();
  const memory = new Memory();
  let now = 1000;
  course.away = true;
  const first = new Queue(
    memory,
    'o',
    course.send,
    clockAt(() => now)
  );
  first.put(place, { position: 2, duration: 20, spans: [[0, 2]] });
  first.put(place, { position: 9, duration: 20, spans: [[7, 9]] });
  await settled();
  expect(course.sent).toEqual([]);
  expect(first.waiting(place)).toBe(9);
  course.away = false;
  now += 60_000;
  const after = new Queue(
    memory,
    'o',
    course.send,
    clockAt(() => now)
  );
  await after.flush();
  await after.flush();
  const spans = [
    [0, 2],
    [7, 9]
  ];
  expect(course.sent).toEqual([
    { path: place.path, position: 9, duration: 20, spans, age: 60 }
  ]);
  expect(after.waiting(place)).toBeNull();
  expect(memory.kept.size).toBe(0);
});

test('spans without a place overwrite none, here or at the course', async () => {
  const course = new Course();
  const queue = new Queue(new Memory(), 'o', course.send, still);
  queue.put(place, { position: null, duration: 20, spans: [[0, 2]] });
  await settled();
  expect(course.sent.map(each => each.position)).toEqual([null]);
  course.away = true;
  queue.put(place, { position: 9, duration: 20, spans: [[7, 9]] });
  queue.put(place, { position: null, duration: 20, spans: [[0, 3]] });
  await settled();
  expect(queue.waiting(place)).toBe(9);
  course.away = false;
  await queue.flush();
  const spans = [
    [0, 3],
    [7, 9]
  ];
  expect(course.sent[1]).toMatchObject({ position: 9, spans });
});

test('what another person left here is not sent', async () => {
  const course = new Course();
  const memory = new Memory();
  course.away = true;
  const theirs = new Queue(memory, 'other', course.send, still);
  theirs.put(place, { position: 2, duration: 20, spans: [[0, 2]] });
  await settled();
  course.away = false;
  await new Queue(memory, 'o', course.send, still).flush();
  expect(course.sent).toEqual([]);
});

test.each([null, new Memory(true)])(
  'a browser without storage sends what it can',
  async memory => {
    const course = new Course();
    const queue = new Queue(memory, 'o', course.send, still);
    let told: IWatched | null = null;
    queue.arrived = (_, now) => (told = now);
    queue.put(place, { position: 2, duration: 20, spans: [[0, 2]] });
    await settled();
    expect(course.sent.length).toBe(1);
    expect(told).toBe(known);
    expect(queue.waiting(place)).toBeNull();
  }
);

test('what the course refuses for good is not sent again', async () => {
  const course = new Course();
  course.refuses = true;
  const queue = new Queue(new Memory(), 'o', course.send, still);
  queue.put(place, { position: 2, duration: 20, spans: [[0, 2]] });
  await settled();
  await queue.flush();
  expect(course.sent.length).toBe(1);
});
