/**
 * The dossier: which documents stand in Profit, and what became of them.
 *
 * Notices tell at once what happened; but AFAS blocks a subscription that fails some times, and
 * then they stop coming. So what changed since the last time is read besides. What the bridge
 * itself attached is no news to it: else its own documents would come back to the bookkeeper.
 */

import { setTimeout as sleep } from "node:timers/promises";

import { readFrom, shown } from "./amsterdam.mjs";
import { AT_LEAST, EQUALS, where } from "./afas/filter.mjs";
import { ATTACHMENTS, SUBJECTS } from "./connectors.mjs";
import { doneWith, waitingNotices } from "./notices.mjs";

const LOOK_EVERY_MS = 20;
/** Numbers that fit in one call: a longer query than 2049 characters gets 404 from AFAS. */
const SUBJECTS_PER_CALL = 20;

/**
 * Update the dossier; return what is new to the bookkeeper.
 *
 * @param {object} office
 * @param {{waitFor?: number, withinS?: number}} given how many notices to wait for, and how long
 */
export async function syncDossier(office, { waitFor = 0, withinS = 0 }) {
  const { state } = office;
  const notices = await waiting(office, waitFor, withinS);
  const gone = subjectsOf(notices, true);
  const { documents, read, newest } = await readChanged(office);
  await readAlso(office, subjectsOf(notices, false), documents);
  for (const subject of gone) documents.delete(subject);
  const news = await withFiles(office, newsOf(office, documents));
  state.putAll("dossier", news);
  state.putAll(
    "dossier",
    gone.map((subject) => [subject, { gone: true }]),
  );
  doneWith(office, notices);
  if (newest) state.put("marks", SUBJECTS.id, newest);
  const told = news.map(([subject, { title, completed, files }]) => {
    return { subject, title, completed, files };
  });
  return { notices: notices.length, read, changed: news.length, gone, documents: told };
}

/** Return the dossier items that notices are about: those that were deleted, or the others. */
function subjectsOf(notices, deleted) {
  const meant = notices.filter(([, { type }]) => (type === "subject.deleted") === deleted);
  return [...new Set(meant.map(([, { subject }]) => subject))].filter(Boolean);
}

async function waiting(office, waitFor, withinS) {
  const deadlineMs = performance.now() + withinS * 1000;
  let found = waitingNotices(office);
  while (found.length < waitFor && performance.now() < deadlineMs) {
    await sleep(LOOK_EVERY_MS);
    found = waitingNotices(office);
  }
  return found;
}

/** Read the dossier items that changed since the last time; all of them the first time. */
async function readChanged({ afas, state }) {
  const mark = state.get("marks", SUBJECTS.id);
  const filter = mark ? [[where("DateModified", AT_LEAST, readFrom(mark))]] : [];
  const documents = new Map();
  let newest = mark ?? "";
  for await (const row of afas.rows(SUBJECTS, filter)) {
    documents.set(String(row.SubjectId), asDocument(row));
    const modified = shown(row.DateModified ?? "");
    if (modified > newest) newest = modified;
  }
  return { documents, read: documents.size, newest };
}

/** Read what notices tell of and the changes did not show. */
async function readAlso({ afas }, subjects, documents) {
  for (const some of chunks(subjects.filter((each) => !documents.has(each)))) {
    const filter = some.map((subject) => [where("SubjectId", EQUALS, subject)]);
    for await (const row of afas.rows(SUBJECTS, filter)) {
      documents.set(String(row.SubjectId), asDocument(row));
    }
  }
}

/** Return the documents that the bookkeeper has not seen like this, and that are not our own. */
function newsOf({ state }, documents) {
  const ours = new Set(state.entries("documents").map(([, { id }]) => id));
  return [...documents].filter(([subject, document]) => {
    return !ours.has(subject) && isNew(state.get("dossier", subject), document);
  });
}

/** What is read again and has not changed is no news. */
function isNew(known, { title, completed, modified }) {
  return known?.title !== title || known.completed !== completed || known.modified !== modified;
}

async function withFiles({ afas }, documents) {
  const files = new Map(documents.map(([subject]) => [subject, []]));
  for (const some of chunks([...files.keys()])) {
    const filter = some.map((subject) => [where("subject_id", EQUALS, subject)]);
    for await (const row of afas.rows(ATTACHMENTS, filter)) {
      files.get(String(row.subject_id)).push(row.file_name);
    }
  }
  return documents.map(([subject, document]) => {
    return [subject, { ...document, files: files.get(subject) }];
  });
}

function chunks(subjects) {
  const count = Math.ceil(subjects.length / SUBJECTS_PER_CALL);
  return Array.from({ length: count }, (_, at) =>
    subjects.slice(at * SUBJECTS_PER_CALL, (at + 1) * SUBJECTS_PER_CALL),
  );
}

function asDocument({ Subject, Afgehandeld, DateModified }) {
  return { title: Subject, completed: Afgehandeld === true, modified: shown(DateModified ?? "") };
}
