import type { Client } from '../api/client';
import type { IFinding, ILint } from './findings';

/** Where a notebook stands in a course folder. */
export interface IPlace {
  course: string;
  lesson: string;
  /** The notebook's path in the lesson's folder. */
  path: string;
  /** Whether course.toml knows the lesson. */
  listed: boolean;
}

/** How the course ran one test on the key and on an untouched copy. */
export interface IQualified {
  notebook: string;
  key: string;
  points: number;
  on_key: number;
  on_blank: number;
}

/** A draft that was uploaded. */
export interface IDraft {
  id: string;
  report: { findings: IFinding[]; exercises: IQualified[] };
  /** The page of the course where it is published. */
  page: string;
}

/** How a lesson stands with its releases on the course's pages. */
export interface IDesk {
  /** The number that students get; null for none. */
  offered: number | null;
  /** The number that a release would have next. */
  next: number;
  /** When the draft is published by itself; of one that was not when the time came, where that is explained. */
  planned: { at: string; problem: string } | null;
  withdrawn: { number: number }[];
  held: { exercise: string }[];
  /** The page of the course where that is decided. */
  page: string;
}

export type As = 'blank' | 'key';

/** What an author asks this Lab's server about a notebook. */
export class Asking {
  constructor(private readonly client: () => Client) {}

  /** Where a notebook stands; null if it is in no lesson. */
  async place(path: string): Promise<IPlace | null> {
    const told = await this.client().author<IPlace | { lesson: null }>(
      'place',
      { path }
    );
    return told.lesson === null ? null : told;
  }

  lint(path: string): Promise<ILint> {
    return this.client().author('lint', { path });
  }

  /** How the lesson stands; null where the course does not know it yet. */
  desk(path: string): Promise<IDesk | null> {
    return this.client()
      .author<IDesk>('desk', { path })
      .catch(() => null);
  }

  /** Make a copy to be tried; its path. */
  async copy(path: string, as: As): Promise<string> {
    const told = await this.client().author<{ path: string }>('copy', {
      path,
      as
    });
    return told.path;
  }

  remove(path: string): Promise<object> {
    return this.client().author('remove', { path });
  }

  draft(path: string, notes: string, accept: string[]): Promise<IDraft> {
    return this.client().author('draft', { path, notes, accept });
  }
}
