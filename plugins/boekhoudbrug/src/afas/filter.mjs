/**
 * Filters of GetConnectors. Source: AFAS, docs.afas.help/profit/en/get-connector.
 */

export const EQUALS = 1;
export const AT_LEAST = 2;
export const BELOW = 5;

/** One comparison. */
export function where(field, operator, value) {
  return { field, operator, value };
}

/**
 * Return the query parameters of a filter: groups of comparisons, all of a group and any of the
 * groups. The short form has no way to write a comma or a semicolon in a value; JSON has.
 */
export function filterQuery(groups) {
  if (groups.length === 0) return {};
  const terms = groups.flat();
  if (terms.some(({ value }) => /[,;]/.test(value))) {
    const filters = groups.map((group, number) => ({
      "@FilterId": `Filter ${number + 1}`,
      Field: group.map(({ field, operator, value }) => ({
        "@FieldId": field,
        "@OperatorType": String(operator),
        "#text": value,
      })),
    }));
    return { filterjson: JSON.stringify({ Filters: { Filter: filters } }) };
  }
  const joined = (name) =>
    groups.map((group) => group.map((term) => term[name]).join(",")).join(";");
  return {
    filterfieldids: joined("field"),
    filtervalues: joined("value"),
    operatortypes: joined("operator"),
  };
}
