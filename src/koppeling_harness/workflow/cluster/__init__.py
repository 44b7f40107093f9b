"""A run carried out by an engine that a company has already: Dask, on several machines or here."""
