/** Where somebody stands in a course (`courseware/service/types_progress.py`). */

export type Step =
  | 'done'
  | 'waiting'
  | 'again'
  | 'started'
  | 'open'
  | 'locked'
  | 'not-open'
  | 'missed';

export interface ILessonProgress {
  lesson: string;
  title: string;
  state: Step;
  complete: 'viewed' | 'submitted' | 'passed' | 'watched' | 'checked';
  /** The share of points that is needed where it has to be passed, or of each video where it is to be watched. */
  percent: number | null;
  /** How many percent of each video were seen, where it is to be watched. */
  watched: number | null;
  /** How many questions and exercises are told right or wrong, and how many of them were; an older service
   * does not tell. */
  checks?: number | null;
  checked?: number | null;
  minutes: number;
}

/** A lesson of this week, and how many minutes of it are meant for this week. */
export interface IWeekItem {
  lesson: string;
  title: string;
  minutes: number;
  due: string | null;
}

export interface IWeek {
  done: number;
  items: IWeekItem[];
  hours: number | null;
  paused_until: string | null;
}

/** `next` is the lesson to go on with; `minutes_left` is null where the course says of no lesson how long. */
export interface IProgress {
  done: number;
  total: number;
  next: string | null;
  minutes_left: number | null;
  lessons: ILessonProgress[];
  week: IWeek;
}
