import { PathExt, URLExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IWatched } from '../api/watched';
import { lessonIn } from '../threads/notebook';
import type { ICourse } from '../tokens';
import { Film } from './film';
import type { Marks } from './marks';
import type { IPlace, Queue } from './queue';
import { sidecars } from './sidecars';

interface IShown {
  film: Film;
  panel: NotebookPanel;
  path: string;
}

/**
 * The videos of open notebooks. Cells are drawn late, anew and out of turn, so each notebook is looked over when
 * its drawn content changes, once a frame; a video that was seen before is left alone. Nothing is written into
 * the notebook.
 */
export class Screen {
  private readonly shown = new Map<HTMLVideoElement, IShown>();
  private readonly known = new Map<string, Promise<IWatched[]>>();
  private readonly due = new Set<NotebookPanel>();

  constructor(
    private readonly course: ICourse,
    private readonly contents: Contents.IManager,
    private readonly queue: Queue,
    private readonly base: string,
    private readonly trans: TranslationBundle,
    private readonly marks: Marks | null
  ) {
    queue.arrived = (place, known) => this.arrived(place, known);
    course.stateChanged.connect(() => this.settle());
    const left = (): void => this.shown.forEach(each => each.film.note());
    document.addEventListener('visibilitychange', left);
    window.addEventListener('pagehide', left);
    window.addEventListener('online', () => void queue.flush());
  }

  add(panel: NotebookPanel): void {
    const watch = new MutationObserver(() => this.later(panel));
    watch.observe(panel.content.node, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['src']
    });
    panel.disposed.connect(() => watch.disconnect());
    this.later(panel);
  }

  private later(panel: NotebookPanel): void {
    if (!this.due.has(panel)) {
      this.due.add(panel);
      requestAnimationFrame(() => {
        this.due.delete(panel);
        this.look(panel);
      });
    }
  }

  private look(panel: NotebookPanel): void {
    for (const [video, each] of this.shown) {
      if (each.panel.isDisposed) {
        this.shown.delete(video);
      }
    }
    const drawn = panel.content.node.querySelectorAll<HTMLVideoElement>(
      '.jp-RenderedMarkdown video[src]'
    );
    drawn.forEach(video => {
      const path = this.path(video);
      if (path && !this.shown.has(video)) {
        void this.show(panel, video, path);
      }
    });
  }

  /** The path in this Lab of a video that the renderer has given its address; null before that. */
  private path(video: HTMLVideoElement): string | null {
    const files = new URL(URLExt.join(this.base, 'files/'), location.href);
    const told = new URL(video.getAttribute('src') ?? '', location.href);
    return told.origin === files.origin &&
      told.pathname.startsWith(files.pathname)
      ? decodeURIComponent(told.pathname.slice(files.pathname.length))
      : null;
  }

  private async show(
    panel: NotebookPanel,
    video: HTMLVideoElement,
    path: string
  ): Promise<void> {
    const film = new Film(
      video,
      () => this.place(panel, path),
      this.queue,
      this.trans
    );
    this.shown.set(video, { film, panel, path });
    this.settle();
    const folder = PathExt.dirname(path);
    const listed: unknown = await this.contents
      .get(folder, { content: true })
      .then(model => model.content)
      .catch(() => []);
    const names = Array.isArray(listed)
      ? listed.map((each: Contents.IModel) => each.name)
      : [];
    const language = document.documentElement.lang.slice(0, 2) || 'en';
    await film.adorn({
      sidecars: sidecars(PathExt.basename(path), names, language),
      url: name => this.contents.getDownloadUrl(PathExt.join(folder, name))
    });
  }

  /** Where a video is in the course; null while the course does not say. */
  private place(panel: NotebookPanel, path: string): IPlace | null {
    const course = this.course.status?.course?.slug ?? '';
    const lesson = course && !panel.isDisposed ? lessonIn(panel, course) : null;
    const copy = this.course.lessons.find(each => each.slug === lesson)?.copy;
    const below = copy ? `${copy.path}/` : null;
    return lesson && below && path.startsWith(below)
      ? { course, lesson, path: path.slice(below.length) }
      : null;
  }

  /** The course became known: videos go on where they were left. */
  private settle(): void {
    this.shown.forEach(({ film, panel, path }) => {
      const place = film.begun ? null : this.place(panel, path);
      if (place) {
        this.marks?.follow(panel, place.lesson, film);
        void this.resume(film, place);
      }
    });
  }

  private async resume(film: Film, place: IPlace): Promise<void> {
    const waits = this.queue.waiting(place);
    if (waits !== null) {
      film.resume(waits);
      return;
    }
    const { client } = this.course;
    const name = `${place.course}/${place.lesson}`;
    const asked =
      this.known.get(name) ?? client.watched(place.course, place.lesson);
    this.known.set(name, asked);
    try {
      const told = (await asked).find(each => each.path === place.path);
      film.resume(told?.position ?? 0);
      if (told) {
        film.show(told);
      }
    } catch {
      // Away: it is asked again when the course is there.
      this.known.delete(name);
    }
  }

  private arrived(place: IPlace, known: IWatched): void {
    // What is opened next asks anew.
    this.known.delete(`${place.course}/${place.lesson}`);
    this.shown.forEach(({ film, panel, path }) => {
      const here = this.place(panel, path);
      if (here?.lesson === place.lesson && here.path === place.path) {
        film.show(known);
      }
    });
  }
}
