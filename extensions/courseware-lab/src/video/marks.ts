import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { clock } from '../clock';
import { keyOf, videoOf } from '../threads/notebook';
import type { LessonDiscussion } from '../threads/store';
import type { IDiscussions } from '../tokens';
import type { Film } from './film';
import type { ITalk } from './transcript';

/** Opens a discussion of a lesson's cell. */
export type Open = (thread: string, lesson: string, key: string) => void;

/** The discussions about moments of videos, as marks in their transcripts. */
export class Marks {
  private readonly films = new WeakSet<Film>();
  private readonly lessons = new Map<NotebookPanel, LessonDiscussion>();

  constructor(
    private readonly store: IDiscussions,
    private readonly open: Open,
    private readonly trans: TranslationBundle
  ) {}

  /** Mark a video of a notebook from now on, once; a moment is one of its cell's first video. */
  follow(panel: NotebookPanel, lesson: string, film: Film): void {
    const cell = panel.content.widgets.find(
      each => videoOf(each) === film.video
    );
    const key = cell ? keyOf(cell) : null;
    if (key !== null && !this.films.has(film)) {
      this.films.add(film);
      const discussion = this.discussion(panel, lesson);
      const tell = (): void => film.talked(this.talks(discussion, key));
      discussion.changed.connect((_, keys) => {
        if (keys.includes(key)) {
          tell();
        }
      });
      tell();
    }
  }

  private talks(discussion: LessonDiscussion, key: string): ITalk[] {
    return discussion.moments(key).map(({ second, thread }) => ({
      second,
      label: this.trans.__('Discussion at %1', clock(second)),
      open: () => this.open(thread, discussion.lesson, key)
    }));
  }

  private discussion(panel: NotebookPanel, lesson: string): LessonDiscussion {
    const before = this.lessons.get(panel);
    if (before) {
      return before;
    }
    const opened = this.store.open(lesson);
    this.lessons.set(panel, opened);
    panel.disposed.connect(() => {
      this.lessons.delete(panel);
      this.store.close(opened);
    });
    return opened;
  }
}
