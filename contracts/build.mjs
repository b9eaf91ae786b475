// Compiles contracts/src with the pinned compiler and writes one artifact per contract: ABI, creation code, runtime code.
// Usage: node build.mjs [output folder, default artifacts]
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const solc = require("solc");
const home = dirname(fileURLToPath(import.meta.url));
const sourceFolder = join(home, "src");
const outputFolder = resolve(process.argv[2] ?? join(home, "artifacts"));

const names = readdirSync(sourceFolder).filter((name) => name.endsWith(".sol")).sort();
const input = {
  language: "Solidity",
  sources: Object.fromEntries(names.map((name) => [name, { content: readFileSync(join(sourceFolder, name), "utf8") }])),
  settings: {
    // Named outright, because each compiler release moves its default and the network's nodes must know every opcode.
    evmVersion: "shanghai",
    // The intermediate pipeline keeps events with a dozen fields off the 16-slot stack.
    viaIR: true,
    optimizer: { enabled: true, runs: 200 },
    // Without a metadata hash the code depends on nothing but the source, so artifacts compare byte for byte.
    metadata: { bytecodeHash: "none", appendCBOR: false },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
  },
};

const findImport = (path) => {
  try {
    return { contents: readFileSync(join(home, "node_modules", path), "utf8") };
  } catch (error) {
    return { error: `${path}: ${error.message}. Run npm ci in contracts/.` };
  }
};

const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
const problems = output.errors ?? [];
for (const problem of problems) process.stderr.write(problem.formattedMessage);
// Warnings fail the build as well: a contract is not the place to grow used to them.
if (problems.length > 0) process.exit(1);

rmSync(outputFolder, { recursive: true, force: true });
mkdirSync(outputFolder, { recursive: true });
let written = 0;
for (const file of names) {
  for (const [contract, compiled] of Object.entries(output.contracts[file])) {
    if (compiled.evm.bytecode.object === "") continue; // Abstract contracts have no code of their own.
    const artifact = {
      contract,
      abi: compiled.abi,
      bytecode: "0x" + compiled.evm.bytecode.object,
      deployedBytecode: "0x" + compiled.evm.deployedBytecode.object,
    };
    writeFileSync(join(outputFolder, `${contract}.json`), JSON.stringify(artifact, null, 2) + "\n");
    written += 1;
  }
}
process.stdout.write(`${written} artifacts written\n`);
