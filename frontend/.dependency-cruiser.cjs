// Who may import whom in src/. Each folder lists the folders below it; everything else is refused.
const floors = {
  kernel: ['generated'],
  generated: [],
  api: ['kernel', 'generated'],
  store: ['kernel', 'generated'],
  sync: ['kernel', 'generated', 'api', 'store'],
  capture: ['kernel', 'generated', 'store'],
  domain: ['kernel', 'generated', 'api', 'store', 'capture'],
  i18n: ['kernel'],
  ui: ['kernel', 'i18n'],
  sw: ['kernel'],
  screens: ['kernel', 'generated', 'domain', 'ui', 'i18n', 'sw-bridge'],
};

const floorRules = Object.entries(floors).map(([folder, below]) => ({
  name: `${folder}-imports-only-downwards`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...below].join('|')})(/|\\.)` },
}));

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'screens-never-import-each-other',
      severity: 'error',
      from: { path: '^src/screens/([^/]+)/' },
      to: { path: '^src/screens/', pathNot: '^src/screens/($1|parts)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { pathNot: 'vite-env' },
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: '(\\.d\\.ts|\\.test\\.ts|\\.worker\\.ts|pwa-options\\.ts)$',
      },
      to: {},
    },
    {
      name: 'no-dev-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '(\\.test\\.ts|pwa-options\\.ts)$' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/(svelte|vite-plugin-pwa)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'browser', 'default'],
    },
  },
};
