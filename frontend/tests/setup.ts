// A real IndexedDB implementation in memory: the store under test is the store of the app.
import 'fake-indexeddb/auto';
