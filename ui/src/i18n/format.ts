import type { Language } from "./index.svelte";

const locales: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };

const units = ["B", "KB", "MB", "GB", "TB"];

/** Bytes in the unit a person would use, powers of 1024 as container tools count. */
export function bytes(value: number): string {
  let amount = Math.max(0, value);
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : amount >= 10 ? 0 : 1;
  return `${amount.toFixed(digits)} ${units[unit]}`;
}

/** Two amounts in one unit: "87 / 256 MB". */
export function bytesOf(used: number, total: number): [string, string] {
  return [bytes(used), bytes(total)];
}

const short: Record<Language, [string, string, string, string]> = {
  en: ["s", "min", "h", "d"],
  zh: ["秒", "分钟", "小时", "天"],
};

/** A duration by its largest unit, or its two largest where that says more: "9 s", "3 min", "2 h 5 min". */
export function duration(millis: number, language: Language): string {
  const [s, min, h, d] = short[language];
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 60) return `${seconds} ${s}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} ${min}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} ${h} ${minutes % 60} ${min}` : `${hours} ${h}`;
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${days} ${d} ${hours % 24} ${h}` : `${days} ${d}`;
}

export function millis(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** Share of a core in per cent. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

export function whole(value: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(value);
}

const clocks: Record<Language, Intl.DateTimeFormat> = {
  en: new Intl.DateTimeFormat(locales.en, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }),
  zh: new Intl.DateTimeFormat(locales.zh, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }),
};

/** Time of day. */
export function clock(at: number, language: Language): string {
  return clocks[language].format(at);
}

/** Day and time. */
export function moment(at: number, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** The version of an image reference, without registry and digest. */
export function imageVersion(image: string): string {
  const plain = image.split("@")[0] ?? image;
  const colon = plain.lastIndexOf(":");
  return colon > plain.lastIndexOf("/") ? plain.slice(colon + 1) : "latest";
}
