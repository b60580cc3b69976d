import { Token } from '@lumino/coreutils';
import type { CourseModel } from './lessons/model';
import type { DiscussionStore } from './threads/store';

/** The course of this Lab, as one model that all plugins share. */
export type ICourse = CourseModel;

export const ICourse = new Token<ICourse>(
  'courseware-lab:ICourse',
  'Lessons, working copies and hand-ins of the course.'
);

/** What is said about the lessons that are open. */
export type IDiscussions = DiscussionStore;

export const IDiscussions = new Token<IDiscussions>(
  'courseware-lab:IDiscussions',
  'Discussions of open lessons.'
);
