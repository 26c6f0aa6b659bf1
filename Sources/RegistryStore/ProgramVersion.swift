/// The version of this package, as runs record it and `registry --version` prints it.
public let programVersion = "0.1.0"
