/**
 * The files that belong to a video by their names; pure. JupyterLab's sanitiser takes the address out of a
 * `<track>`, so that what stands in the text cannot say where captions are.
 */

export interface ISidecars {
  /** Names of caption files by language, the reader's language first. */
  captions: { code: string; name: string }[];
  descriptions: string | null;
  chapters: string | null;
  questions: string | null;
  poster: string | null;
  /** Its sound alone, and a small version of it. */
  audio: string | null;
  small: string | null;
}

const LANGUAGE = /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\.vtt$/;

/** What belongs to the video `name` among the names of its folder. */
export function sidecars(
  name: string,
  known: readonly string[],
  language = 'en'
): ISidecars {
  const stem = name.replace(/\.[^.]*$/, '');
  const captions = known
    .filter(each => each.startsWith(`${stem}.`))
    .map(each => ({
      code: LANGUAGE.exec(each.slice(stem.length + 1))?.[1] ?? '',
      name: each
    }))
    .filter(each => each.code);
  const own = (code: string): number => Number(!code.startsWith(language));
  captions.sort(
    (a, b) => own(a.code) - own(b.code) || a.code.localeCompare(b.code)
  );
  const beside = (...endings: string[]): string | null =>
    endings.map(ending => stem + ending).find(each => known.includes(each)) ??
    null;
  return {
    captions,
    descriptions: beside('.descriptions.vtt'),
    chapters: beside('.chapters.vtt'),
    questions: beside('.questions.vtt'),
    poster: beside('.jpg', '.png'),
    audio: beside('.m4a', '.mp3', '.opus', '.oga', '.ogg'),
    small: beside('.small.webm', '.small.mp4', '.small.m4v', '.small.ogv')
  };
}
