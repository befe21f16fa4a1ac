"""The FAQ out of a release: for people, spreadsheets, web pages and machines. `formats` lists them."""
