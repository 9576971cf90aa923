// A PouchDB replica (LevelDB) that answers as tests/bench/answering.py says. Arguments: FOLDER URL.
const { execFileSync } = require('child_process');
const path = require('path');
const readline = require('readline');
const PouchDB = require('pouchdb-node');

const [, , folder, url] = process.argv;
const database = new PouchDB(path.join(folder, 'local'));

async function keep(documents) {
  const kept = await database.bulkDocs(documents);
  if (kept.some((one) => one.error)) throw new Error('a record was not kept');
}

const answers = {
  async seed({ count }) {
    const words = ['-P', '-m', 'tests.bench.records', String(count)];
    const told = execFileSync(process.env.BENCH_PYTHON, words, { maxBuffer: 1 << 28 });
    await keep(JSON.parse(told).map(({ id, ...fields }) => ({ _id: id, ...fields })));
  },
  async edit({ ids, values }) {
    const found = await database.allDocs({ keys: ids, include_docs: true });
    await keep(found.rows.map((row) => Object.assign(row.doc, values)));
  },
  async sync() {
    const { push, pull } = await database.sync(`${url}/bench`);
    return { pushed: push.docs_written, pulled: pull.docs_written };
  },
  async count() {
    return (await database.info()).doc_count;
  },
};

console.log(JSON.stringify({ ok: true }));
(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { op, ...given } = JSON.parse(line);
    if (op === 'exit') break;
    const began = process.hrtime.bigint();
    const spent = process.cpuUsage();
    let said;
    try {
      said = { result: await answers[op](given) };
    } catch (error) {
      said = { error: String((error && (error.message || error.reason)) || error) };
    }
    const { user, system } = process.cpuUsage(spent);
    said.wall = Number(process.hrtime.bigint() - began) / 1e9;
    said.cpu = (user + system) / 1e6;
    console.log(JSON.stringify(said));
  }
  process.exit(0);
})();
