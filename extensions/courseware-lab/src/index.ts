import { authorPlugin } from './author/plugin';
import { checkPlugin } from './check/plugin';
import { lessonsPlugin } from './lessons/plugin';
import { quizPlugin } from './quiz/plugin';
import { submitPlugin } from './submit/plugin';
import { storePlugin, threadsPlugin } from './threads/plugin';
import { videoPlugin } from './video/plugin';

export default [
  lessonsPlugin,
  submitPlugin,
  storePlugin,
  threadsPlugin,
  videoPlugin,
  quizPlugin,
  checkPlugin,
  authorPlugin
];
