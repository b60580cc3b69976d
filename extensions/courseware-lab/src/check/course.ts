import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { Client } from '../api/client';

/** A check of one exercise on the course: a verdict and the author's hint, no points. */
export interface ICourseCheck {
  id: string;
  exercise: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  verdict: string;
  /** The verdict in words. */
  words: string;
  hint: string;
  /** How many more are taken now. */
  left: number;
}

const FIRST = 200;
const LONGEST = 5000;

/** Keep the copy in the course, have an exercise of it checked there, and wait for the verdict. */
export async function onCourse(
  known: Client,
  place: { course: string; lesson: string },
  exercise: string
): Promise<ICourseCheck> {
  const client = known.of(place.course);
  await client.keepCopy(place.lesson);
  const route = `courses/${encodeURIComponent(place.course)}/lessons/${encodeURIComponent(place.lesson)}/checks`;
  let told = await client.api<ICourseCheck>(
    'POST',
    route,
    { exercise },
    {},
    UUID.uuid4()
  );
  let pause = FIRST;
  while (told.state === 'waiting' || told.state === 'running') {
    await new Promise(resolve => window.setTimeout(resolve, pause));
    pause = Math.min(LONGEST, 1.5 * pause);
    told = await client.api<ICourseCheck>('GET', `${route}/${told.id}`);
  }
  return told;
}

/** What is said of a check, and how many are left. */
export function told(check: ICourseCheck, trans: TranslationBundle): string {
  if (check.state === 'failed') {
    return check.hint;
  }
  const verdict =
    check.verdict === 'pass'
      ? trans.__('All tests pass, also those that you do not have.')
      : `${check.words}.`;
  return `${verdict} ${trans.__('Checks left today: %1', check.left)}`;
}
