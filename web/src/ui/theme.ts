import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type MantineColorSchemeManager,
} from '@mantine/core'
import { dark, light, type Palette } from './tokens'

const lamp: MantineColorsTuple = [
  '#fff6e6', '#fdeac9', '#fad79a', '#f7c472', '#f4b65a',
  '#f2b052', '#e59f3a', '#c4832a', '#9c651b', '#704509',
] // prettier-ignore

const slate: MantineColorsTuple = [
  dark.text[0], dark.text[1], dark.text[2], '#6f7c8c', dark.surface[4],
  dark.surface[3], dark.surface[2], dark.surface[1], dark.surface[0], '#090c10',
] // prettier-ignore

export const theme = createTheme({
  primaryColor: 'lamp',
  primaryShade: 5,
  autoContrast: true,
  luminanceThreshold: 0.3,
  colors: { lamp, dark: slate },
  black: light.text[0],
  white: '#ffffff',
  defaultRadius: 8,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '15px', lg: '18px', xl: '24px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '24px' }, h2: { fontSize: '18px' }, h3: { fontSize: '15px' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Tooltip: {
      defaultProps: {
        openDelay: 450,
        closeDelay: 40,
        withArrow: false,
        transitionProps: { duration: 90 },
      },
    },
    Menu: { defaultProps: { shadow: 'none', transitionProps: { duration: 90 } } },
    Popover: { defaultProps: { shadow: 'none', transitionProps: { duration: 90 } } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 120 },
        overlayProps: { backgroundOpacity: 0.6 },
      },
    },
    Drawer: {
      defaultProps: {
        transitionProps: { duration: 160 },
        overlayProps: { backgroundOpacity: 0.5 },
      },
    },
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    CloseButton: { defaultProps: { iconSize: 18 } },
    Switch: { defaultProps: { withThumbIndicator: false } },
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  dark: { ...variables(dark), '--fb-veil': '#0e1217e6' },
  light: { ...variables(light), '--fb-veil': '#edf0f4ee' },
})

function variables(palette: Palette): Record<string, string> {
  const [page, panel, control, hover, pressed] = palette.surface
  const [text, secondary, quiet] = palette.text
  return {
    '--fb-page': page,
    '--fb-panel': panel,
    '--fb-control': control,
    '--fb-hover': hover,
    '--fb-pressed': pressed,
    '--fb-text': text,
    '--fb-text-2': secondary,
    '--fb-text-3': quiet,
    '--fb-accent': palette.accent,
    '--fb-accent-hover': palette.accentHover,
    '--fb-on-accent': palette.onAccent,
    '--fb-accent-text': palette.accentText,
    '--fb-ring': palette.ring,
    '--fb-danger': palette.danger,
    '--fb-success': palette.success,
    '--fb-added': palette.added,
    '--fb-shadow': palette.shadow,
    '--mantine-color-body': page,
    '--mantine-color-text': text,
    '--mantine-color-bright': text,
    '--mantine-color-dimmed': secondary,
    '--mantine-color-placeholder': quiet,
    '--mantine-color-anchor': palette.accentText,
    '--mantine-color-error': palette.danger,
    '--mantine-color-default': control,
    '--mantine-color-default-hover': hover,
    '--mantine-color-default-color': text,
    '--mantine-color-default-border': 'transparent',
    '--mantine-color-gray-light': control,
    '--mantine-color-gray-light-hover': hover,
    '--mantine-color-gray-light-color': text,
    '--mantine-color-gray-text': secondary,
    '--mantine-primary-color-filled-hover': palette.accentHover,
    '--mantine-primary-color-filled': palette.accent,
    '--mantine-color-lamp-filled': palette.accent,
    '--mantine-color-lamp-filled-hover': palette.accentHover,
    '--mantine-color-lamp-text': palette.accentText,
    '--mantine-color-lamp-light-color': palette.accentText,
    '--mantine-color-red-text': palette.danger,
    '--mantine-color-red-light-color': palette.danger,
  }
}

export type ThemeChoice = 'dark' | 'light' | 'auto'

/** Keeps the choice where `public/theme.js` finds it before the first paint. */
export const themeChoice: MantineColorSchemeManager = {
  get: (standard) => {
    try {
      const kept = localStorage.getItem('fabula.theme')
      return kept === 'dark' || kept === 'light' || kept === 'auto' ? kept : standard
    } catch {
      return standard
    }
  },
  set: (value) => {
    try {
      localStorage.setItem('fabula.theme', value)
    } catch {
      // A browser that stores nothing keeps the choice for this visit.
    }
  },
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => {
    try {
      localStorage.removeItem('fabula.theme')
    } catch {
      // Nothing was kept.
    }
  },
}
