import { lessonsPlugin } from './lessons/plugin';
import { submitPlugin } from './submit/plugin';
import { storePlugin, threadsPlugin } from './threads/plugin';
import { videoPlugin } from './video/plugin';

export default [
  lessonsPlugin,
  submitPlugin,
  storePlugin,
  threadsPlugin,
  videoPlugin
];
