// Loaded with `node --import` before anything else, and in plain JavaScript: an old Node.js would stop at the first TypeScript
// file with an unhelpful error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `This needs Node 22.18 or newer and runs on ${process.versions.node}. Use \`npm start\` after \`npm ci\`, which brings Node 24 ` +
      'along as an optional dependency, or install Node 24.\n',
  );
  process.exit(1);
}
