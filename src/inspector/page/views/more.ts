/** The views that are loaded after the first paint, together. */
export { BreakersView } from './breakers/view.tsx';
export { MessagesView } from './messages/view.tsx';
export { TestsView } from './tests/view.tsx';
export { TimelineView } from './timeline/view.tsx';
