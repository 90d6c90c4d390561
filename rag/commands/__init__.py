"""The commands of ``rag``, each in the file of its name, and what they share: an open library, input and output."""
