/** What JSX becomes (scripts/build-page.mjs). */
export { Fragment, h } from 'preact';
