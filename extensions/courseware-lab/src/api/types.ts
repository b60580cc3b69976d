import type { IProgress } from './progress';

/** What the server extension answers; the objects of the course service's API. */

export interface IProblem {
  code: string;
  detail: string;
  details?: string[];
}

export interface ICourseName {
  slug: string;
  title: string;
}

export interface IStatus {
  connected: boolean;
  away: boolean;
  reason: string;
  course?: ICourseName;
  /** What somebody can choose from, this course among it; an older server does not tell. */
  courses?: ICourseName[];
  /** Whether a join link of another course can be used here. */
  joins?: boolean;
  offer?: { folder: string; title: string } | null;
  /** Whether the person may upload drafts of lessons; an older service does not tell. */
  drafts?: boolean;
}

export interface IExerciseMark {
  notebook: string;
  key: string;
  title: string;
  points: number;
  score: number | null;
  verdict: string;
  comment: string;
  hint: string;
  held: boolean;
  /** The points wait for the due date; `visible_part` is how the part of the test went that students have. */
  withheld?: boolean;
  visible_part?: string;
}

export type WorkState =
  | 'waiting'
  | 'running'
  | 'marked'
  | 'failed'
  | 'superseded';

export interface ISubmission {
  id: string;
  lesson: string;
  received: string;
  late_seconds: number;
  /** What it loses for being late, in words. */
  penalty?: string;
  counts: boolean;
  state: WorkState;
  position: number | null;
  eta_seconds: number | null;
  reason: string;
  score: number | null;
  max_score: number;
  needs_person: boolean;
  marks_visible: boolean;
  /** Points more than `max_score` that show after `shows`. */
  withheld?: number;
  shows?: string | null;
  /** The lesson's notebooks that were not handed in. */
  missing: string[];
  exercises: IExerciseMark[];
}

export interface ICopy {
  path: string;
  release: number;
  newer: boolean;
  /** Whether the course keeps a copy that another machine made and this one has not taken. */
  elsewhere: boolean;
  /** Files of the release that are not in the folder any more. */
  gone: string[];
  /** The release to which the last update can be taken back. */
  undo: number | null;
  notebooks: string[];
  files: string[];
}

/** What staff set for a whole lesson, and what they say to the student. */
export interface ISetMark {
  points: number;
  comment: string;
}

/** A hand-in that was set aside: where it lies, when it was made, and why it was refused. */
export interface IRefused {
  path: string;
  put: string;
  reason: string;
}

export interface ILesson {
  slug: string;
  title: string;
  opens: string | null;
  due: string | null;
  closes: string | null;
  /** What must come first, in words, while it has not. */
  locked?: string;
  /** Why the dates are as they are, in words. */
  why?: string;
  /** Whether a date of one's own pace was missed, so that dates can be shifted. */
  can_shift?: boolean;
  /** How often a day an exercise is checked on the course; an older service does not tell. */
  checks?: number | null;
  /** How many questions its newest release asks; an older service does not tell. */
  questions?: number;
  /** In which other formats staff give it to this person, in their words; an older service does not tell. */
  formats?: string[];
  /** What work loses that comes after the due date, in words; an older service does not tell. */
  late_rule?: string;
  state: 'not-open' | 'open' | 'late' | 'closed';
  release: { number: number } | null;
  exercises: { key: string }[];
  max_score: number;
  kept: string | null;
  submission: ISubmission | null;
  /** What staff set in place of what was handed in; an older service does not tell. */
  set_mark?: ISetMark | null;
  copy: ICopy | null;
  outbox: number;
  refused: IRefused[];
}

export interface ILessons {
  lessons: ILesson[];
  /** Where the person stands; staff stand nowhere, and an older service does not tell. */
  progress: IProgress | null;
  away: string;
}

/** What getting a lesson, or its kept copy, did with the files; notes are sentences. */
export interface IGot {
  created: string[];
  kept: string[];
  replaced: string[];
  /** What an update brought up to date, or taking it back changed. */
  updated?: string[];
  undone?: string[];
  notes: string[];
}

/** A pack that was made: its path below the root, the release that is in it, and the paths of its files. */
export interface IPacked {
  path: string;
  release: number;
  files: string[];
}

/** What is different at one cell: the heading above it, and lines that begin with a blank, - or +. */
export interface IChange {
  kind: 'changed' | 'added' | 'removed' | 'returned' | 'both' | 'kept';
  key: string;
  place: string;
  diff: string[];
}

/** What an update would do with each file. */
export interface IPreview {
  release: number;
  files: {
    path: string;
    what: 'merged' | 'replaced' | 'added' | 'beside';
    changes: IChange[];
  }[];
  notes: string[];
}

/** What is on its way, how many that waited went out, and when to ask again. */
export interface IPulse {
  submissions: ISubmission[];
  sent: number;
  next_seconds: number;
}

export interface IHandedIn {
  queued: boolean;
  reason?: string;
  files: string[];
  refused: IRefused[];
  submission?: ISubmission;
}

export interface INotebookFeedback {
  notebook: string;
  html: string;
}
