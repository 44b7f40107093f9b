"""The GetConnectors that AFAS supplies with Profit."""

SUPPLIED = frozenset(
    """
    ProfitCodeTableValue ProfitCountries ProfitEmployeeAdres ProfitEmployerHourType
    ProfitEmployerProjects ProfitEmployerRealization ProfitGetConnectoren ProfitProfileContacts
    ProfitProfileRelations ProfitProfiles ProfitResidences ProfitSubjects ProfitSubjectsAuthorized
    ProfitTitles Profit_Accounts Profit_Address Profit_Administrations Profit_Allocation_Assigments
    Profit_Article Profit_ArticleGroups Profit_Article_Basic Profit_Article_image
    Profit_Balance_Allocated Profit_BankAccounts Profit_Barcode_per_Item Profit_Composition
    Profit_Contacts Profit_CostCarrier Profit_CostCentre Profit_Creditor Profit_Creditor_Invoices
    Profit_Currency Profit_Debtor Profit_Debtor_Invoices Profit_Deliveryaddress
    Profit_Deliverynotelines Profit_Deliverynotes Profit_Employees Profit_Employees_basic
    Profit_Employers Profit_FeatureCombination Profit_FeatureValue Profit_Features
    Profit_Fin_ChangedEntrydate Profit_Functions Profit_Hourtype Profit_Illness Profit_Journals
    Profit_Languages Profit_LeaveBalance Profit_Leaves Profit_OrgPer Profit_OrganizationChart
    Profit_Period_balance Profit_Projectgroups Profit_Projects Profit_Projectstage Profit_Quotation
    Profit_Rea_ChangedEntryDate Profit_Realization Profit_Residence Profit_Rooster_Ouderverlof
    Profit_SEPA_IncassoMachtigingen Profit_SalesPrice Profit_SalesorderLines Profit_Salesorders
    Profit_Stock_per_Warehouse Profit_SubjectFile Profit_SubjectTypes Profit_Subject_Attachments
    Profit_Subject_Reaction_Attachments Profit_Subject_Tasks Profit_Subjects Profit_SubjectsDest
    Profit_Subscriptions Profit_Timetable Profit_Transactions Profit_Transactions_Allocated
    Profit_Unit_per_Item Profit_UserGroups Profit_Users Profit_VAT_code Profit_Warehouses
    Profit_Workflowactions Profit_Worktype Profit_periods_per_administration
    """.lower().split()
)
"""Their ids in lower case. Source: AFAS's OpenAPI files of Profit 6, docs.afas.help."""
