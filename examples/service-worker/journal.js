// The sandbox's journal in IndexedDB, which outlives the worker. Entries are texts of the sandbox's own: nothing here
// reads them.

const STORE = "entries";

/** What `createSandbox` takes as `journal`, with everything that was kept before. */
export async function openJournal(name) {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { autoIncrement: true });
  const database = await resultOf(opening);
  // By ascending key, which is the order in which they came.
  const entries = await resultOf(database.transaction(STORE).objectStore(STORE).getAll());
  return { entries, append: (more) => append(database, more) };
}

/** All of them or none: a transaction, which has ended when this resolves. */
function append(database, entries) {
  const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
  for (const entry of entries) transaction.objectStore(STORE).add(entry);
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
