import { canGo } from './spans';

/** What a video tells that was to go somewhere and has to stay where it is. */
export const STAYS = 'courseware:stays';

/** Let a video go to a second; whether it could. */
export function go(video: HTMLVideoElement, second: number): boolean {
  const can = canGo(video, second);
  if (can) {
    video.currentTime = second;
  } else {
    video.dispatchEvent(new Event(STAYS));
  }
  return can;
}
