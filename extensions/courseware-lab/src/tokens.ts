import { Token } from '@lumino/coreutils';
import type { CourseModel } from './lessons/model';

/** The course of this Lab, as one model that all plugins share. */
export type ICourse = CourseModel;

export const ICourse = new Token<ICourse>(
  'courseware-lab:ICourse',
  'Lessons, working copies and hand-ins of the course.'
);
