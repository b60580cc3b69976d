import './base.css';
import './discussion.css';
