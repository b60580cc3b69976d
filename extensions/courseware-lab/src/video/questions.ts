/** Questions in a video, from the cues of its metadata; pure. What is no question is never asked. */

export interface IQuestion {
  /** The second at which the video stops for it. */
  start: number;
  prompt: string;
  choices: string[];
  /** The number of the right choice, from 0. */
  answer: number;
  /** The second from which the answer can be heard again. */
  at: number | null;
  explain: string;
}

const LONGEST = 500;

/** The questions of these cues, in their order. */
export function questions(
  cues: readonly { startTime: number; text: string }[]
): IQuestion[] {
  return cues.flatMap(({ startTime, text }) => {
    const found = question(startTime, parsed(text));
    return found ? [found] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function question(start: number, told: unknown): IQuestion | null {
  if (typeof told !== 'object' || told === null) {
    return null;
  }
  const { prompt, choices, answer, at, explain } = told as Record<
    string,
    unknown
  >;
  if (
    !isText(prompt) ||
    !Array.isArray(choices) ||
    choices.length < 2 ||
    choices.length > 8 ||
    !choices.every(isText) ||
    new Set(choices).size < choices.length ||
    !isWithin(answer, choices.length - 1) ||
    !Number.isInteger(answer) ||
    (at !== undefined && !isWithin(at, 86_400)) ||
    (explain !== undefined && !isText(explain))
  ) {
    return null;
  }
  return {
    start,
    prompt,
    choices,
    answer,
    at: at ?? null,
    explain: explain ?? ''
  };
}

function isText(told: unknown): told is string {
  return (
    typeof told === 'string' &&
    told.trim().length > 0 &&
    told.trim().length <= LONGEST
  );
}

function isWithin(told: unknown, most: number): told is number {
  return typeof told === 'number' && told >= 0 && told <= most;
}

/** The question between two seconds of playing that waits for its answer. */
export function due(
  asked: readonly IQuestion[],
  answered: ReadonlySet<IQuestion>,
  before: number,
  now: number
): IQuestion | null {
  return (
    asked.find(
      each => before < each.start && each.start <= now && !answered.has(each)
    ) ?? null
  );
}
