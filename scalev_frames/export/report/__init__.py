"""How reports become a workbook that can be sent as it is."""
