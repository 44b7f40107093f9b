/** What can go wrong with a call to Profit, by what is to be done about it. */

/** AFAS did not do what was asked. */
export class AfasError extends Error {
  constructor(message, { logReference = "" } = {}) {
    super(message);
    this.name = new.target.name;
    this.logReference = logReference;
  }

  /** The text that the bookkeeper reads. */
  get forUser() {
    if (!this.logReference) return this.message;
    return `${this.message} (AFAS-logreferentie ${this.logReference})`;
  }
}

/** The token or this machine is not let in. Trying again does not help. */
export class AccessError extends AfasError {}

/** AFAS understood the call and refused it. Trying again does not help. */
export class RefusedError extends AfasError {}

/** AFAS cannot be reached now. */
export class UnavailableError extends AfasError {}

/** The call was sent and its answer never came: it may have been carried out. */
export class AnswerLostError extends AfasError {}

/** AFAS took too long to answer, and may still be at it. */
export class AnswerPendingError extends AfasError {}
