import type { IPost, IThread } from './discussion';

/** What is new since the last visit, as the course service tells it (`courseware/desk/returning.py`). */

export interface ISaid {
  why: 'answer' | 'mention' | 'reply' | 'announcement';
  thread: IThread;
  post: IPost;
  posts: number;
}

export interface IMarked {
  lesson: string;
  title: string;
  submission: string;
  score: number;
  max_score: number;
  part: boolean;
}

export interface IOpened {
  lesson: string;
  title: string;
  at: string;
}

export interface IReleased {
  lesson: string;
  title: string;
  number: number;
  at: string;
  notes: string;
}

/** `since` is null on a first visit, when nothing is new; `news` counts all that is. */
export interface ISince {
  since: string | null;
  news: number;
  talk: {
    said: ISaid[];
    number: number;
    waiting: IThread[];
    waiting_number: number;
  };
  marked: IMarked[];
  opened: IOpened[];
  released: IReleased[];
}
