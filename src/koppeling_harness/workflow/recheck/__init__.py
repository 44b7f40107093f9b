"""After an AFAS update: what is newly failing, and whose change it is."""
