/** The bridge's own GetConnectors: how many columns each has, and by what its rows are sorted. */

export const TRANSACTIONS = {
  id: "Boekhoudbrug_Mutaties",
  columns: 10,
  orderBy: ["UnitId", "EntryNo", "SeqNo"],
};
export const CHANGED_DAYS = {
  id: "Boekhoudbrug_GewijzigdeBoekdagen",
  columns: 2,
  orderBy: ["EntryDate"],
};
export const OPEN_ITEMS = {
  id: "Boekhoudbrug_OpenPosten",
  columns: 6,
  orderBy: ["UnitId", "InvoiceNr", "DebtorId"],
};
export const CREDITORS = { id: "Boekhoudbrug_Crediteuren", columns: 5, orderBy: ["CreditorId"] };
export const SUBJECTS = { id: "Boekhoudbrug_Dossier", columns: 5, orderBy: ["SubjectId"] };
export const ATTACHMENTS = { id: "Boekhoudbrug_Bijlagen", columns: 4, orderBy: ["attachment_id"] };
