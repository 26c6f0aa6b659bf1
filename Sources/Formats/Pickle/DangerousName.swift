internal import Tensors

/// Names that no file of weights has a reason to mention, because what they name runs code, starts programs or opens files.
///
/// Nothing is ever called here, so a foreign name is harmless by itself; but whoever imports a file shall hear that it asks for these.
/// The list isn't what keeps anyone safe: a name that is missing from it is an opaque value.
public enum DangerousName {
  /// By the full name, for the wording of an error.
  public static func contains(_ fullName: String) -> Bool {
    // None is longer, and each dot of a longer one would cost a walk over it.
    guard fullName.utf8.count <= 1024 else { return false }
    let parts = fullName.split(separator: ".", omittingEmptySubsequences: false)
    // Where the module ends isn't known.
    return (0..<parts.count).contains { count in
      contains(module: parts.prefix(count).joined(separator: "."), name: parts.dropFirst(count).joined(separator: "."))
    }
  }

  /// Whether this name of this module, as a pickle mentions them, is one of them.
  static func contains(module: String, name: String) -> Bool {
    if packages.contains(Name(module.prefix { $0 != "." })) || modules.contains(Name(module)) { return true }
    let path = name.split(separator: ".")
    guard let last = path.last else { return false }
    // A dotted name walks from attribute to attribute: 'serialization.os.system' in torch.
    if path.dropLast().contains(where: { packages.contains(Name($0)) || $0 == "__builtins__" || $0 == "__globals__" }) { return true }
    if module == "builtins" || module == "__builtin__" { return builtins.contains(Name(last)) }
    return functions.contains(Name("\(module).\(name)"))
  }

  /// With all that is below them.
  private static let packages: Set<Name> = [
    "os", "posix", "nt", "subprocess", "_posixsubprocess", "sys", "shutil", "socket", "_socket", "pty", "popen2", "runpy", "importlib",
    "_frozen_importlib", "_frozen_importlib_external", "imp", "_imp", "ctypes", "_ctypes", "cffi", "codeop", "pdb", "bdb", "webbrowser",
    "cProfile", "pydoc", "doctest", "pip", "ensurepip", "multiprocessing", "marshal", "pickle", "_pickle", "cPickle", "pkgutil", "urllib",
    "urllib2", "httplib", "ftplib", "smtplib", "telnetlib", "xmlrpc", "zipimport", "asyncio", "cloudpickle", "dill",
  ]
  /// Themselves alone: projects have packages of such names.
  private static let modules: Set<Name> = [
    "code", "commands", "profile", "trace", "timeit", "site", "signal", "requests", "requests.api", "torch.hub",
  ]
  private static let builtins: Set<Name> = [
    "eval", "exec", "execfile", "compile", "open", "file", "input", "raw_input", "__import__", "breakpoint", "globals", "locals", "vars",
    "apply", "setattr", "delattr", "exit", "quit", "help",
  ]
  private static let functions: Set<Name> = [
    "torch.load", "torch.serialization.load", "torch.storage._load_from_bytes", "torch.jit.load", "torch.ops.load_library",
    "torch.utils.cpp_extension.load", "torch.utils.cpp_extension.load_inline", "numpy.load", "numpy.memmap", "numpy.fromfile",
    "numpy.testing._private.utils.runstring", "numpy.testing.utils.runstring", "types.CodeType", "types.FunctionType",
    "operator.methodcaller", "_operator.methodcaller", "io.open", "_io.open", "io.FileIO", "_io.FileIO",
  ]
}
