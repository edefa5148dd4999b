import './story.spec.ts';
