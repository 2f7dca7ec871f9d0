import { readFileSync } from 'node:fs';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';

const schema = new URL('../fixtures/junit/jenkins-junit.xsd', import.meta.url);

/** Reads a report as libxml2 does. Throws what is wrong with it by XML or by the schema. */
export function expectJunit(text: string): void {
  using document = XmlDocument.fromString(text);
  using rules = XmlDocument.fromString(readFileSync(schema, 'utf8'));
  using validator = XsdValidator.fromDoc(rules);
  validator.validate(document);
}
