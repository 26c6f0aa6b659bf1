internal import FoundationEssentials

/// A random (version 4) UUID: 36 lower-case characters.
func makeUUID() -> String { UUID().uuidString.lowercased() }
