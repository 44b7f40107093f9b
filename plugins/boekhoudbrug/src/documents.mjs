/** Documents: an invoice or a letter becomes a dossier item with the file attached. */

import { RefusedError } from "./afas/errors.mjs";
import { EQUALS, where } from "./afas/filter.mjs";
import { SUBJECTS } from "./connectors.mjs";
import { sendAll } from "./once.mjs";

const NOTE = 1; // the customer's own type of dossier item
const LONGEST_SUBJECT = 255;
/** AFAS takes 75 MB for the whole request, and base64 makes a third more of a file. */
const LARGEST_FILE_BYTES = 50 * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Attach documents; each once, however often it is offered. */
export async function attachDocuments(office, { documents = [] }) {
  const { sent, skipped, refused } = await sendAll(office, "documents", documents, {
    read: readDocument,
    find: ({ subject }) => subjectOf(office, subject),
    send: async (document) => {
      const { SbId } = await office.afas.insert("KnSubject", asElement(document));
      return String(SbId);
    },
  });
  return { attached: sent.map(({ ref, id }) => ({ ref, subject: id })), skipped, refused };
}

/** Return the number of the dossier item that carries our reference in its subject. */
async function subjectOf({ afas }, subject) {
  const filter = [[where("Subject", EQUALS, subject)]];
  for await (const row of afas.rows(SUBJECTS, filter)) return String(row.SubjectId);
  return undefined;
}

function readDocument({ ref, title = "", relation, fileName = "", content = "" }) {
  const subject = `${title} (${ref})`.normalize("NFC");
  if (ref === "" || title.trim() === "" || subject.length > LONGEST_SUBJECT) {
    const longest = LONGEST_SUBJECT;
    throw new RefusedError(`titel en kenmerk samen zijn 1 tot ${longest} tekens lang.`);
  }
  if (!/^[^\\/:*?"<>|]+\.[A-Za-z0-9]{1,5}$/.test(fileName)) {
    throw new RefusedError("de bestandsnaam ontbreekt of kan niet.");
  }
  if (content.length % 4 !== 0 || !BASE64.test(content)) {
    throw new RefusedError("het bestand is leeg of onleesbaar.");
  }
  const sizeBytes = (content.length / 4) * 3;
  if (sizeBytes > LARGEST_FILE_BYTES) {
    const [size, largest] = [sizeBytes, LARGEST_FILE_BYTES].map((bytes) =>
      Math.round(bytes / 1024 / 1024),
    );
    throw new RefusedError(`het bestand is ${size} MB; AFAS neemt hoogstens ${largest} MB aan.`);
  }
  return {
    subject,
    relation: String(relation ?? ""),
    fileName: fileName.normalize("NFC"),
    content,
  };
}

function asElement({ subject, relation, fileName, content }) {
  const file = { Fields: { FileName: fileName, FileStream: content } };
  const objects = [{ KnSubjectAttachment: { Element: file } }];
  if (relation)
    objects.push({ KnSubjectLink: { Element: { Fields: { ToBC: true, BcId: relation } } } });
  return { Fields: { StId: NOTE, Ds: subject }, Objects: objects };
}
