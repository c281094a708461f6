// Loaded with `node --import` before anything else, so in the words of any version of Node: an old one would stop at the
// first file of TypeScript and say something that helps nobody.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `This needs Node 22.18 or newer and runs on ${process.versions.node}. Use \`npm start\` after \`npm ci\`, which brings Node 24 ` +
      'along as an optional dependency, or install Node 24.\n',
  );
  process.exit(1);
}
