/** The first that fits is meant: many browsers name the ones that they descend from. */
const PROGRAMS: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/curl\//, 'curl'],
  [/python|httpx|aiohttp/i, 'A Python program'],
  [/node|undici|axios/i, 'A Node program'],
]

const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux|X11/, 'Linux'],
]

/** A user agent as a person says it: `Firefox on Linux`. What is not known keeps its own words. */
export function deviceName(agent: string | null): string {
  if (!agent) return 'An unknown device'
  const program = PROGRAMS.find(([sign]) => sign.test(agent))?.[1]
  const system = SYSTEMS.find(([sign]) => sign.test(agent))?.[1]
  if (program && system) return `${program} on ${system}`
  return program ?? system ?? agent
}

export const isHandheld = (agent: string | null): boolean =>
  agent !== null && /iPhone|iPad|Android|Mobile/.test(agent)
