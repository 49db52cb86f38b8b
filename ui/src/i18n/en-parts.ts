/** A component of several services. */
export const enParts = {
  title: "Parts",
  count: (n: number) => `${n} ${n === 1 ? "part" : "parts"}`,
  choose: "Part",
  all: (n: number) => `All ${n} parts`,
  name: "Service",
  phase: "Phase",
  health: "Health",
  shared: (others: string) => `shared with ${others}`,
  reason: (part: string, reason: string) => `${part}: ${reason}`,
  historyOfOne: "Choose a part to see what was said of its health.",
};
