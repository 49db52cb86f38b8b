/** Our own drawings on a 24-unit grid, as path data for a stroke. */
export const icons = {
  // Components: what each does, not whose logo it has.
  consul:
    "M12 12 5.5 6.5M12 12l6.5-5.5M12 12v7M12 9.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8ZM4.5 4a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4ZM19.5 4a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4ZM12 18.4a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4Z",
  jaeger: "M3 5.5h11M6.5 10.2h9M10 14.9h11M8 19.5h6.5M3 3.5v4M21 12.9v4",
  loki: "M6 3.5h9l4 4v13H6zM15 3.5v4h4M9 11.5h7M9 14.5h5M9 17.5h7",
  promtail: "M4 5h9M4 9.5h6M4 14h9M4 18.5h6M14.5 11.8H21M18 8.6l3.2 3.2L18 15",
  alloy:
    "M12 3l7.5 4.4v9.2L12 21l-7.5-4.4V7.4ZM12 3v6.2M12 21v-6.2M4.5 7.4 9.4 10.4M19.5 16.6l-4.9-3M12 9.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6Z",
  prometheus:
    "M4 18.5a9 9 0 1 1 16 0M12 14.5l4.2-5M12 13a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3ZM3 18.5h3M18 18.5h3M12 4v1.6",
  alertmanager: "M12 4a5.5 5.5 0 0 0-5.5 5.5v4.2L4.7 17h14.6l-1.8-3.3V9.5A5.5 5.5 0 0 0 12 4ZM10 20h4M12 2.4V4",
  grafana: "M4 4.5h7v6H4zM14 4.5h6v10h-6zM4 13.5h7v6H4zM14 17.5h6v2h-6zM16 11.5l2-3",
  sentry: "M12 3l7.5 3v5.6c0 4.3-3 7.6-7.5 9.4-4.5-1.8-7.5-5.1-7.5-9.4V6ZM12.8 7l-2.6 4.2h3.4L11 16",
  box: "M12 3l8 4.3v9.4L12 21l-8-4.3V7.3ZM4 7.3l8 4.4 8-4.4M12 11.7V21",
  // The window's own.
  stack: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  logs: "M4 6h16M4 10.6h11M4 15.2h14M4 19.8h8",
  settings:
    "M4 7h9M17.5 7H20M4 17h2.5M11 17h9M15.2 4.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4ZM8.8 14.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z",
  command: "M5 7l5 5-5 5M12.5 17.5H19",
  engine: "M4 8.5h16v9H4zM7.5 8.5v-3h9v3M8 12v2M12 12v2M16 12v2",
  check: "M5 12.5l4.4 4.4L19 7.3",
  circle: "M12 4.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z",
  clock: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 7.5V12l3.2 2",
  warning: "M12 4 21 19.5H3ZM12 10v4.2M12 16.9v.2",
  cross: "M6 6l12 12M18 6 6 18",
  failed: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9 9l6 6M15 9l-6 6",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  play: "M7.5 5v14l11-7Z",
  stop: "M6.5 6.5h11v11h-11z",
  drift: "M5 8h11l-3-3M19 16H8l3 3",
  question:
    "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9.8 9.6a2.3 2.3 0 1 1 3.3 2.1c-.8.4-1.1.8-1.1 1.8M12 16.3v.2",
  external: "M13.5 4.5h6v6M19.5 4.5 11 13M17 13.5v6H4.5V7h6",
  copy: "M9 9h11v11H9zM5.5 15H4V4h11v1.5",
  undo: "M8.5 5 4 9.5 8.5 14M4 9.5h10a5.5 5.5 0 0 1 0 11h-3",
  restart: "M19 8a8 8 0 1 0 1 6M19.5 3.5V8H15",
  chevron: "M6.5 9.5 12 15l5.5-5.5",
  back: "M14.5 5 8 12l6.5 7",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.3 15.3 20.5 20.5",
  pause: "M8 5.5v13M16 5.5v13",
  end: "M12 4v12M6.5 11l5.5 5.5 5.5-5.5M5 20.5h14",
  wrap: "M4 6h16M4 12h12.5a3.2 3.2 0 0 1 0 6.4H12M14.5 15.6 11.7 18.4l2.8 2.8M4 18.4h4",
  save: "M5 4.5h11l3.5 3.5v11.5H5zM8.5 4.5v5h6v-5M8.5 19.5v-6h7.5v6",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13",
  lock: "M6.5 11h11v9h-11zM9 11V8a3 3 0 0 1 6 0v3",
  dots: "M5.5 12h.1M12 12h.1M18.5 12h.1",
} as const;

export type IconName = keyof typeof icons;

/** A name from the compose file; what we have not drawn is a box. */
export function componentIcon(name: string): IconName {
  return name in icons ? (name as IconName) : "box";
}
