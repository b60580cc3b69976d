import './base.css';
import './discussion.css';
import './video.css';
import './contrast.css';
