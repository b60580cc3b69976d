/** What a cell is for, as nbgrader's own metadata say it (schema 3). */

export type Kind =
  | 'ordinary'
  | 'readonly'
  | 'answer'
  | 'tests'
  | 'manual'
  | 'task';

export type CellType = 'code' | 'markdown' | 'raw';

/** What stands in the metadata of a marked cell, under `nbgrader`. */
export interface IMarks {
  schema_version: 3;
  grade: boolean;
  solution: boolean;
  locked: boolean;
  task: boolean;
  grade_id: string;
  points?: number;
}

/** A cell, as far as marking it asks. */
export interface ICell {
  type: CellType;
  source: string;
  marks: unknown;
}

type Flags = Pick<IMarks, 'grade' | 'solution' | 'locked' | 'task'>;

const FLAGS: Record<Exclude<Kind, 'ordinary'>, Flags> = {
  readonly: { grade: false, solution: false, locked: true, task: false },
  answer: { grade: false, solution: true, locked: false, task: false },
  tests: { grade: true, solution: false, locked: true, task: false },
  manual: { grade: true, solution: true, locked: false, task: false },
  task: { grade: false, solution: false, locked: true, task: true }
};

const KINDS: Record<CellType, Kind[]> = {
  code: ['ordinary', 'answer', 'tests', 'manual', 'readonly'],
  markdown: ['ordinary', 'manual', 'task', 'readonly'],
  raw: ['ordinary', 'readonly']
};

/** What a cell of a type can be for. */
export function kindsOf(type: CellType): Kind[] {
  return KINDS[type];
}

/** The metadata as an object; they come from a file. */
function told(marks: unknown): Record<string, unknown> {
  return typeof marks === 'object' && marks !== null
    ? (marks as Record<string, unknown>)
    : {};
}

export function kindOf(marks: unknown): Kind {
  const { grade, solution, locked, task } = told(marks);
  if (task === true) {
    return 'task';
  }
  if (solution === true) {
    return grade === true ? 'manual' : 'answer';
  }
  if (grade === true) {
    return 'tests';
  }
  return locked === true ? 'readonly' : 'ordinary';
}

export function idOf(marks: unknown): string {
  const { grade_id } = told(marks);
  return typeof grade_id === 'string' ? grade_id : '';
}

/** Whether cells of a kind give points. */
export function counts(kind: Kind): boolean {
  return kind === 'tests' || kind === 'manual' || kind === 'task';
}

/** The points of a cell; none where it gives none, or where what stands there is no number. */
export function pointsOf(marks: unknown): number {
  const { points } = told(marks);
  return counts(kindOf(marks)) &&
    typeof points === 'number' &&
    Number.isFinite(points)
    ? points
    : 0;
}

/** The metadata of a cell of a kind; null for one that has none. */
export function marked(
  kind: Kind,
  grade_id: string,
  points: number
): IMarks | null {
  if (kind === 'ordinary') {
    return null;
  }
  const own: IMarks = { schema_version: 3, ...FLAGS[kind], grade_id };
  return counts(kind) ? { ...own, points } : own;
}

/** Why a cell cannot have an id; null if it can. */
export function wrongId(
  id: string,
  others: readonly string[]
): 'empty' | 'form' | 'twice' | null {
  if (!id) {
    return 'empty';
  }
  if (!/^[a-zA-Z0-9_-]+$/.test(id)) {
    return 'form';
  }
  return others.includes(id) ? 'twice' : null;
}

const LONGEST = 40;

/** A text as an id: letters without their accents, digits and hyphens. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
}

/** The last heading in a text, without its marks; empty if it has none. */
function heading(source: string): string {
  const lines = source.split('\n').filter(line => /^#{1,6}\s+\S/.test(line));
  return (lines.pop() ?? '').replace(/^#+\s+/, '');
}

/** An id for a cell, from the heading above it; tests are named after their answer. No other cell has it. */
export function suggested(
  kind: Kind,
  cells: readonly ICell[],
  index: number
): string {
  const above = cells.slice(0, index + 1).reverse();
  const answer = cells
    .slice(0, index)
    .reverse()
    .find(cell => kindOf(cell.marks) !== 'ordinary');
  const named =
    kind === 'tests' && answer && kindOf(answer.marks) === 'answer'
      ? idOf(answer.marks)
      : '';
  const found = above
    .filter(cell => cell.type === 'markdown')
    .map(cell => slug(heading(cell.source)))
    .find(name => name);
  const base = named ? `${named}-tests` : found || 'cell';
  const taken = cells
    .filter((_, at) => at !== index)
    .map(cell => idOf(cell.marks));
  let name = base;
  for (let number = 2; taken.includes(name); number++) {
    name = `${base}-${number}`;
  }
  return name;
}

const COMMENTS: Record<string, string> = {
  c: '//',
  'c++': '//',
  java: '//',
  javascript: '//',
  typescript: '//',
  rust: '//',
  go: '//',
  scala: '//',
  matlab: '%',
  octave: '%',
  haskell: '--',
  sql: '--',
  lua: '--',
  scheme: ';;'
};

/** How a line of a language begins that is a comment. */
export function comment(language: string): string {
  return COMMENTS[language.toLowerCase()] ?? '###';
}

/** What a text becomes when these lines of it (from 0, both included) stand between two marks. */
export function wrapped(
  source: string,
  [from, to]: [number, number],
  [begin, end]: readonly [string, string],
  mark: string
): string {
  const lines = source.split('\n');
  const inside = lines.slice(from, to + 1);
  const indents = inside
    .filter(line => line.trim())
    .map(line => /^\s*/.exec(line)?.[0] ?? '');
  const indent = indents.sort((a, b) => a.length - b.length)[0] ?? '';
  const line = (words: string): string => `${indent}${mark} ${words}`.trimEnd();
  return [
    ...lines.slice(0, from),
    line(begin),
    ...inside,
    line(end),
    ...lines.slice(to + 1)
  ].join('\n');
}
