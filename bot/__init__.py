"""甬问: residents' questions about Ningbo's public services, answered from a catalogue."""
