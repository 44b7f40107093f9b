-- The tables of one environment. Columns carry the field codes of the UpdateConnectors; fields
-- without a column of their own stand in `data`, a JSON object. Moments are text: wall-clock time in
-- Amsterdam, `YYYY-MM-DDTHH:MM:SS`, with six more digits where Profit keeps fractions. Text compares
-- without regard to case. Every table has a whole number as its row id.

CREATE TABLE code(
  rid INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT COLLATE NOCASE NOT NULL, ds TEXT COLLATE NOCASE,
  bl INTEGER DEFAULT 0, more TEXT COLLATE NOCASE, created TEXT, modified TEXT, UNIQUE(kind, id));
CREATE TABLE sequence(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE address(
  AddressId INTEGER PRIMARY KEY, PbAd INTEGER, StAd TEXT COLLATE NOCASE, Ad TEXT COLLATE NOCASE,
  HmNr INTEGER, HmAd TEXT COLLATE NOCASE, ZpCd TEXT COLLATE NOCASE, Rs TEXT COLLATE NOCASE,
  CoId TEXT COLLATE NOCASE, AdAd TEXT COLLATE NOCASE, created TEXT, modified TEXT, data TEXT);
CREATE INDEX address_zip ON address(ZpCd, HmNr);

CREATE TABLE relation(
  BcId INTEGER PRIMARY KEY, BcCo TEXT COLLATE NOCASE UNIQUE NOT NULL, kind TEXT NOT NULL,
  SeNm TEXT COLLATE NOCASE, Nm TEXT COLLATE NOCASE, FiNm TEXT COLLATE NOCASE, "In" TEXT, "Is" TEXT,
  LaNm TEXT COLLATE NOCASE, CaNm TEXT COLLATE NOCASE, IsBi TEXT, NmBi TEXT, IsPa TEXT, NmPa TEXT,
  ViUs TEXT, ViGe TEXT, ViCs TEXT, DaBi TEXT, DaDe TEXT, SoSe TEXT, CcNr TEXT, FiNr TEXT,
  TeNr TEXT, TeN2 TEXT, MbNr TEXT, MbN2 TEXT, EmAd TEXT COLLATE NOCASE, EmA2 TEXT COLLATE NOCASE,
  HoPa TEXT, Re TEXT, Adr INTEGER, Pad INTEGER, created TEXT, modified TEXT, data TEXT);
CREATE INDEX relation_name ON relation(Nm);
CREATE INDEX relation_last_name ON relation(LaNm);
CREATE TABLE bank_account(
  rid INTEGER PRIMARY KEY, BcId INTEGER NOT NULL, Iban TEXT COLLATE NOCASE, BaAc TEXT, CoId TEXT,
  Bic TEXT, created TEXT, modified TEXT, data TEXT);
CREATE INDEX bank_account_relation ON bank_account(BcId);
CREATE TABLE contact(
  CdId INTEGER PRIMARY KEY, BcOrg INTEGER, BcPer INTEGER, ViKc TEXT, ExAd TEXT COLLATE NOCASE,
  ViFu TEXT, FuDs TEXT COLLATE NOCASE, TeNr TEXT, MbNr TEXT, EmAd TEXT COLLATE NOCASE, Bl INTEGER,
  Re TEXT, Adr INTEGER, Pad INTEGER, created TEXT, modified TEXT, data TEXT);
CREATE INDEX contact_organisation ON contact(BcOrg, BcPer);
CREATE TABLE sales_relation(
  rid INTEGER PRIMARY KEY, DbId TEXT COLLATE NOCASE UNIQUE NOT NULL, BcId INTEGER NOT NULL, CuId TEXT,
  PaCd TEXT, ColA TEXT, VaId TEXT, VaDu TEXT, Krli REAL, AuPa INTEGER, Bl INTEGER, BlTl INTEGER,
  InPv TEXT, Iban TEXT, VeId TEXT, created TEXT, modified TEXT, data TEXT);
CREATE INDEX sales_relation_relation ON sales_relation(BcId);
CREATE TABLE purchase_relation(
  rid INTEGER PRIMARY KEY, CrId TEXT COLLATE NOCASE UNIQUE NOT NULL, BcId INTEGER NOT NULL, CuId TEXT,
  PaCd TEXT, ColA TEXT, VaId TEXT, VaDu TEXT, Krli REAL, AuPa INTEGER, Bl INTEGER, BlTl INTEGER,
  InPv TEXT, Iban TEXT, created TEXT, modified TEXT, data TEXT);
CREATE INDEX purchase_relation_relation ON purchase_relation(BcId);
CREATE TABLE provision(
  rid INTEGER PRIMARY KEY, BcCo TEXT COLLATE NOCASE, PvCd TEXT COLLATE NOCASE, PvCt INTEGER, VaPt TEXT,
  created TEXT, modified TEXT, data TEXT);
CREATE TABLE profit_user(
  rid INTEGER PRIMARY KEY, UsId TEXT COLLATE NOCASE UNIQUE NOT NULL, Nm TEXT COLLATE NOCASE,
  Upn TEXT COLLATE NOCASE, EmAd TEXT COLLATE NOCASE, Awin INTEGER, Site INTEGER, InSi INTEGER,
  Connector INTEGER, Bl INTEGER, BcCo TEXT, EmId TEXT, created TEXT, modified TEXT, data TEXT);
CREATE TABLE user_group(
  rid INTEGER PRIMARY KEY, GrId TEXT COLLATE NOCASE NOT NULL, UsId TEXT COLLATE NOCASE NOT NULL,
  UNIQUE(GrId, UsId));

CREATE TABLE employee(
  rid INTEGER PRIMARY KEY, EmId TEXT COLLATE NOCASE UNIQUE NOT NULL, BcId INTEGER NOT NULL, ViSe TEXT,
  Bl INTEGER DEFAULT 0, Mail TEXT COLLATE NOCASE, created TEXT, modified TEXT, data TEXT);
CREATE INDEX employee_relation ON employee(BcId);
CREATE TABLE contract(
  rid INTEGER PRIMARY KEY, EmId TEXT COLLATE NOCASE NOT NULL, DaBe TEXT NOT NULL, DvSn INTEGER,
  DaEn TEXT, DaEe TEXT, CmId TEXT COLLATE NOCASE, ViEt TEXT, EmMt TEXT, ClId TEXT, WcId TEXT,
  ApCo TEXT, created TEXT, modified TEXT, data TEXT, UNIQUE(EmId, DaBe));
CREATE TABLE orgunit_function(
  rid INTEGER PRIMARY KEY, EmId TEXT COLLATE NOCASE NOT NULL, DaBe TEXT NOT NULL, DvSn INTEGER,
  DpId TEXT COLLATE NOCASE, FuId TEXT COLLATE NOCASE, CrId TEXT, CcId TEXT, created TEXT,
  modified TEXT, data TEXT, UNIQUE(EmId, DaBe));
CREATE TABLE timetable(
  rid INTEGER PRIMARY KEY, EmId TEXT COLLATE NOCASE NOT NULL, DaBg TEXT NOT NULL, DvSn INTEGER,
  DyWk REAL, HrWk REAL, PcPt REAL, created TEXT, modified TEXT, data TEXT, UNIQUE(EmId, DaBg));
CREATE TABLE absence(
  Id INTEGER PRIMARY KEY, EmId TEXT COLLATE NOCASE NOT NULL, EnSe INTEGER, ViAt TEXT COLLATE NOCASE,
  DaBe TEXT, DaEn TEXT, ViLr TEXT, DuRa INTEGER, LeDt INTEGER, DuBe INTEGER, DuEn INTEGER, Re TEXT,
  created TEXT, modified TEXT, data TEXT);
CREATE INDEX absence_employee ON absence(EmId);
CREATE TABLE illness(
  AbId INTEGER PRIMARY KEY, GUID TEXT, EmId TEXT COLLATE NOCASE NOT NULL, EnSe INTEGER, DaBe TEXT,
  DMeB TEXT, DaEs TEXT, TPBe INTEGER, ViIt TEXT, ViIr TEXT, RuAb INTEGER, SfNt INTEGER, RtDa INTEGER,
  ExFr INTEGER, DaEn TEXT, DMeE TEXT, ViRs TEXT, TPEn INTEGER, created TEXT, modified TEXT, data TEXT);
CREATE INDEX illness_employee ON illness(EmId);
CREATE TABLE illness_progress(
  ApSn INTEGER PRIMARY KEY, GUID TEXT, AbId INTEGER NOT NULL, DaTi TEXT, PsPc REAL, PsHr INTEGER,
  PsPa REAL, PsHa INTEGER, Te TEXT, created TEXT, modified TEXT, data TEXT);
CREATE INDEX illness_progress_illness ON illness_progress(AbId);
CREATE TABLE leave_balance(
  rid INTEGER PRIMARY KEY, EmId TEXT COLLATE NOCASE, DvSn INTEGER, ViAt TEXT, Year INTEGER,
  Entitlement INTEGER, Taken INTEGER);

CREATE TABLE project(
  rid INTEGER PRIMARY KEY, PrId TEXT COLLATE NOCASE UNIQUE NOT NULL, Ds TEXT COLLATE NOCASE,
  UnFi INTEGER, PrGp TEXT COLLATE NOCASE, ChOu INTEGER, BcCo TEXT, DbId TEXT COLLATE NOCASE,
  EmId TEXT, DaSt TEXT, DtGw TEXT, Ch INTEGER, Adr INTEGER, created TEXT, modified TEXT, data TEXT);
CREATE INDEX project_modified ON project(modified);
CREATE TABLE project_stage(
  rid INTEGER PRIMARY KEY, PrId TEXT COLLATE NOCASE NOT NULL, PrSt TEXT COLLATE NOCASE NOT NULL,
  Ds TEXT COLLATE NOCASE, DaSt TEXT, DtGw TEXT, ChOu INTEGER, created TEXT, modified TEXT, data TEXT,
  UNIQUE(PrId, PrSt));
CREATE TABLE realization(
  Id INTEGER PRIMARY KEY, DaTi TEXT, EmId TEXT COLLATE NOCASE, PrId TEXT COLLATE NOCASE,
  PrSt TEXT COLLATE NOCASE, VaIt TEXT, ItCd TEXT COLLATE NOCASE, StId TEXT COLLATE NOCASE, Qu REAL,
  Ds TEXT COLLATE NOCASE, Ch INTEGER, Ap INTEGER, Pr INTEGER, DbId TEXT, EnSe INTEGER, XpRe TEXT,
  created TEXT, modified TEXT, data TEXT);
CREATE INDEX realization_modified ON realization(modified);
CREATE INDEX realization_day_index ON realization(DaTi);
CREATE INDEX realization_employee ON realization(EmId, DaTi);
CREATE INDEX realization_project ON realization(PrId, DaTi);
CREATE INDEX realization_external ON realization(XpRe) WHERE XpRe IS NOT NULL;
CREATE TABLE realization_day(day TEXT PRIMARY KEY, modified TEXT);

CREATE TABLE article(
  rid INTEGER PRIMARY KEY, VaIt TEXT NOT NULL, ItCd TEXT COLLATE NOCASE NOT NULL,
  Ds TEXT COLLATE NOCASE, DsEx TEXT, BiUn TEXT, PrFc INTEGER, Grp TEXT COLLATE NOCASE, Bl INTEGER,
  BaCo TEXT, VaRc TEXT, BiSt INTEGER, BiDc INTEGER, PrGr TEXT, VaTp TEXT, SaPrice REAL,
  created TEXT, modified TEXT, data TEXT, UNIQUE(ItCd, VaIt));
CREATE TABLE sales_order(
  rid INTEGER PRIMARY KEY, OrNu TEXT COLLATE NOCASE UNIQUE NOT NULL, OrDa TEXT,
  DbId TEXT COLLATE NOCASE, CuId TEXT, RfCs TEXT COLLATE NOCASE, Status TEXT, created TEXT,
  modified TEXT, data TEXT);
CREATE INDEX sales_order_debtor ON sales_order(DbId);
CREATE TABLE sales_line(
  rid INTEGER PRIMARY KEY, OrNu TEXT COLLATE NOCASE NOT NULL, SeqNo INTEGER, GuLi TEXT COLLATE NOCASE,
  VaIt TEXT, ItCd TEXT COLLATE NOCASE, Ds TEXT COLLATE NOCASE, BiUn TEXT, QuUn REAL, Upri REAL,
  ARDc REAL, PRDc REAL, Status TEXT, created TEXT, modified TEXT, data TEXT);
CREATE INDEX sales_line_order ON sales_line(OrNu, SeqNo);
CREATE INDEX sales_line_guid ON sales_line(GuLi);

CREATE TABLE subject(
  SbId INTEGER PRIMARY KEY, StId INTEGER, Ds TEXT COLLATE NOCASE, SbTx TEXT, Da TEXT, UsId TEXT,
  EmId TEXT, SbHi INTEGER, SaId TEXT, ViPr TEXT, ScId TEXT, DtFr TEXT, DtTo TEXT, St INTEGER,
  DtSt TEXT, FvF1 INTEGER, FvF2 INTEGER, FvF3 INTEGER, SbBl INTEGER, created TEXT, modified TEXT,
  data TEXT);
CREATE INDEX subject_type ON subject(StId);
CREATE TABLE subject_link(
  rid INTEGER PRIMARY KEY, SbId INTEGER NOT NULL, ToBC INTEGER, ToEm INTEGER, ToSR INTEGER,
  ToPR INTEGER, ToEr INTEGER, ToAp INTEGER, SfTp TEXT, SfId TEXT, BcId TEXT, CdId INTEGER, PjId TEXT,
  CaId INTEGER, created TEXT, modified TEXT, data TEXT);
CREATE INDEX subject_link_subject ON subject_link(SbId);
CREATE TABLE subject_attachment(
  rid INTEGER PRIMARY KEY, SbId INTEGER NOT NULL, FileId TEXT, FileName TEXT, created TEXT,
  modified TEXT, data TEXT);
CREATE INDEX subject_attachment_subject ON subject_attachment(SbId);
CREATE TABLE reaction(
  Id INTEGER PRIMARY KEY, SbId INTEGER NOT NULL, SbTx TEXT, VaRe TEXT, RTId INTEGER, created TEXT,
  modified TEXT, data TEXT);
CREATE INDEX reaction_subject ON reaction(SbId);
CREATE TABLE reaction_attachment(
  rid INTEGER PRIMARY KEY, Id INTEGER NOT NULL, FileId TEXT, FileName TEXT, created TEXT,
  modified TEXT, data TEXT);
CREATE TABLE file(
  FileId TEXT COLLATE NOCASE PRIMARY KEY, name TEXT, mimetype TEXT, content BLOB, owner TEXT,
  created TEXT);

CREATE TABLE course_event(
  Id INTEGER PRIMARY KEY, ItCd TEXT, CrDs TEXT, LoId TEXT, MiPt INTEGER, MaPt INTEGER, UnFi INTEGER,
  CuId TEXT, created TEXT, modified TEXT, data TEXT);
CREATE TABLE course_session(
  SeId INTEGER PRIMARY KEY, Id INTEGER NOT NULL, SeDa TEXT, created TEXT, modified TEXT, data TEXT);
CREATE TABLE course_member(
  rid INTEGER PRIMARY KEY, CrId INTEGER NOT NULL, CdId INTEGER NOT NULL, BcCo TEXT, SuDa TEXT,
  DeId TEXT, Invo INTEGER, Bl INTEGER, created TEXT, modified TEXT, data TEXT, UNIQUE(CrId, CdId));

CREATE TABLE administration(UnId INTEGER PRIMARY KEY, Ds TEXT COLLATE NOCASE, Cd TEXT);
CREATE TABLE account(
  rid INTEGER PRIMARY KEY, AcNr TEXT COLLATE NOCASE UNIQUE NOT NULL, Ds TEXT COLLATE NOCASE, Type TEXT,
  Bl INTEGER, ColA INTEGER, VatCode TEXT, Axis1 INTEGER);
CREATE TABLE journal(
  rid INTEGER PRIMARY KEY, UnId INTEGER, JoCo TEXT COLLATE NOCASE, Ds TEXT, Type TEXT,
  UNIQUE(UnId, JoCo));
CREATE TABLE period(
  rid INTEGER PRIMARY KEY, UnId INTEGER, Year INTEGER, Peri INTEGER, Blocked INTEGER,
  UNIQUE(UnId, Year, Peri));
CREATE TABLE journal_line(
  rid INTEGER PRIMARY KEY, UnId INTEGER NOT NULL, EnNo INTEGER NOT NULL, SeNo INTEGER NOT NULL,
  Year INTEGER, Peri INTEGER, JoCo TEXT COLLATE NOCASE, VaAs TEXT, AcNr TEXT COLLATE NOCASE,
  AmDe REAL, AmCr REAL, EnDa TEXT, BpDa TEXT, BpNr TEXT, InId TEXT COLLATE NOCASE, Ds TEXT,
  VaId TEXT, VatAmt REAL, DiC1 TEXT, PrId TEXT, created TEXT, modified TEXT, data TEXT,
  UNIQUE(UnId, EnNo, SeNo));
CREATE INDEX journal_line_modified ON journal_line(modified);
CREATE INDEX journal_line_account ON journal_line(AcNr);
CREATE INDEX journal_line_invoice ON journal_line(InId) WHERE InId IS NOT NULL;
CREATE TABLE entry_day(day TEXT PRIMARY KEY, modified TEXT);

-- Objects without a table of their own: those of imported connectors, and parts nobody reads back
-- through a supplied GetConnector. `parent` is the row id of the object above, 0 at the root.
CREATE TABLE record(
  rid INTEGER PRIMARY KEY, object TEXT COLLATE NOCASE NOT NULL, parent TEXT NOT NULL, key TEXT COLLATE NOCASE,
  created TEXT, modified TEXT, data TEXT);
CREATE INDEX record_key ON record(object, parent, key);
