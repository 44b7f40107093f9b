/** The shop's own GetConnectors: how many columns each has, and by what its rows are sorted. */

export const ITEMS = { id: "Webwinkel_Artikelen", columns: 9, orderBy: ["ItemCode"] };
export const STOCK = { id: "Webwinkel_Voorraad", columns: 4, orderBy: ["Artikel", "Niveau"] };
export const CUSTOMERS = { id: "Webwinkel_Klanten", columns: 6, orderBy: ["DebtorId"] };
export const ORDERS = { id: "Webwinkel_Orders", columns: 6, orderBy: ["OrderNumber"] };
