import { examine } from './examine.js';
import type { CorpusDocument } from './packages.js';

const scratch = process.argv[2] ?? '.';

// Answers each document that the parent sends with its outcome.
process.on('message', (document: CorpusDocument) => {
  void examine(document, scratch).then((outcome) => process.send?.(outcome));
});
