/** What the server extension answers; the objects of the course service's API. */

export interface IProblem {
  code: string;
  detail: string;
}

export interface IStatus {
  connected: boolean;
  away: boolean;
  reason: string;
  course?: { slug: string; title: string };
  offer?: { folder: string; title: string } | null;
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
  counts: boolean;
  state: WorkState;
  position: number | null;
  eta_seconds: number | null;
  reason: string;
  score: number | null;
  max_score: number;
  needs_person: boolean;
  marks_visible: boolean;
  exercises: IExerciseMark[];
}

export interface ICopy {
  path: string;
  release: number;
  newer: boolean;
  notebooks: string[];
  files: string[];
}

/** A hand-in that was set aside: where it lies, when it was made, and why it was refused. */
export interface IRefused {
  path: string;
  worked: string;
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
  state: 'not-open' | 'open' | 'late' | 'closed';
  release: { number: number } | null;
  exercises: { key: string }[];
  max_score: number;
  kept: string | null;
  submission: ISubmission | null;
  copy: ICopy | null;
  outbox: number;
  refused: IRefused[];
}

export interface ILessons {
  lessons: ILesson[];
  away: string;
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
