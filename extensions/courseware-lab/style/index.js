import './base.css';
import './discussion.css';
import './video.css';
import './quiz.css';
import './author.css';
import './contrast.css';
