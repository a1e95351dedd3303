"""The rooms of the house: everything Suixing does, without HTTP."""
