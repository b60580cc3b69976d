import { lessonsPlugin } from './lessons/plugin';
import { submitPlugin } from './submit/plugin';

export default [lessonsPlugin, submitPlugin];
