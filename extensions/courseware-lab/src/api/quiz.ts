import { UUID } from '@lumino/coreutils';
import type { Client } from './client';

/** What somebody answered last: positions of options as `1,3`, a number, or a text. */
export interface IGivenAnswer {
  said: string;
  right: boolean;
  at: string;
}

/** A question as the asking person has it; what is right comes only once their attempts are over. */
export interface IQuestion {
  key: string;
  lesson: string;
  lesson_title: string;
  notebook: string;
  kind: 'one' | 'several' | 'number' | 'text';
  prompt: string;
  options: string[];
  state: 'open' | 'right' | 'over';
  attempts_left: number;
  /** Whether an answer is taken now. */
  takes: boolean;
  /** Whether it comes back for review. */
  again: boolean;
  answer: IGivenAnswer | null;
  hints: string[];
  explanation: string;
  /** Positions of right options, from 1. */
  right: number[];
  solution: string;
  due: string | null;
}

export interface IAnswer {
  chosen: number[];
  text: string;
}

/** The questions of lessons; they are judged by the course, and no notebook holds what is right. */
export class QuizClient {
  constructor(private readonly client: Client) {}

  async questions(course: string, lesson: string): Promise<IQuestion[]> {
    const told = await this.client.api<{ questions: IQuestion[] }>(
      'GET',
      of(course, lesson)
    );
    return told.questions;
  }

  answer(
    course: string,
    lesson: string,
    key: string,
    given: IAnswer
  ): Promise<IQuestion> {
    const route = `${of(course, lesson)}/${encodeURIComponent(key)}/answers`;
    return this.client.api('POST', route, given, {}, UUID.uuid4());
  }
}

function of(course: string, lesson: string): string {
  return `courses/${encodeURIComponent(course)}/lessons/${encodeURIComponent(lesson)}/questions`;
}
