"""ERP1, emulated: what AFAS's servers would answer."""
