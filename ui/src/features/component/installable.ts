/** What has a page before it is a component, which says how apps connect to it; named by the word of its recipe. */
export const installable = "sentry";
