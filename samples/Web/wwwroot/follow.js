// Follows an answer that grows: keeps the end of the conversation in view until the person scrolls up.

import { byId } from './dom.js';

const main = byId('main');
const newest = byId('newest');

let isFollowing = true;
let lastTop = 0;

const distance = () => main.scrollHeight - main.scrollTop - main.clientHeight;

function show() {
  newest.hidden = isFollowing || distance() < 40;
}

/** Goes to the end of the conversation and follows it. */
export function toEnd() {
  isFollowing = true;
  main.scrollTop = main.scrollHeight;
  lastTop = main.scrollTop;
  show();
}

/** Stays where the page is. */
export function release() {
  isFollowing = false;
  show();
}

/** Keeps the end in view, if the person did not scroll up. */
export function grown() {
  if (isFollowing) {
    main.scrollTop = main.scrollHeight;
    lastTop = main.scrollTop;
  }

  show();
}

main.addEventListener('wheel', (event) => {
  if (event.deltaY < 0 && main.scrollHeight > main.clientHeight) {
    release();
  }
}, { passive: true });

main.addEventListener('scroll', () => {
  // At the end: the person returned, or the content became shorter. Elsewhere a smaller position is a person who scrolls up, by whatever means.
  if (distance() < 2) {
    isFollowing = true;
  } else if (main.scrollTop < lastTop - 1) {
    isFollowing = false;
  }

  lastTop = main.scrollTop;
  show();
}, { passive: true });

// Turns get their real heights when they are laid out for the first time, and images when they are loaded.
new ResizeObserver(grown).observe(byId('log'));
new ResizeObserver(grown).observe(main);
newest.addEventListener('click', () => {
  toEnd();
  byId('message').focus();
});
