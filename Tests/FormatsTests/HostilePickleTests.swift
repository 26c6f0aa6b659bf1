import Formats
import Tensors
import Testing

/// The value of `w` in a pickle, or a whole pickle, and why it is refused.
struct PickleAttack: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let file: [UInt8]
  let problem: FormatError.Reason

  init(_ name: String, value: [UInt8], _ problem: PickleProblem) {
    (testDescription, file, self.problem) = (name, Pickle.weight(value), .pickle(problem))
  }
  init(_ name: String, pickle: [UInt8], _ problem: PickleProblem) {
    (testDescription, file, self.problem) = (name, CraftedZip.torch(pickle).bytes, .pickle(problem))
  }
}

@Suite("Hostile pickles")
struct HostilePickleTests {
  static let big = 1 << 40
  static let attacks: [PickleAttack] = [
    // Calls
    PickleAttack("os.system by GLOBAL", value: Pickle.global("os", "system"), .forbiddenGlobal("os.system")),
    PickleAttack("builtins.eval by GLOBAL", value: Pickle.global("builtins", "eval"), .forbiddenGlobal("builtins.eval")),
    PickleAttack(
      "by STACK_GLOBAL", value: cat([0x8c, 5], Array("posix".utf8), [0x8c, 6], Array("system".utf8), [0x93]),
      .forbiddenGlobal("posix.system")),
    PickleAttack("by INST", value: cat([0x28], Array("iposix\nsystem\n".utf8)), .forbiddenGlobal("posix.system")),
    PickleAttack(
      "a name that only begins like a known one", value: Pickle.global("torch._utils", "_rebuild_tensor_v2x"),
      .forbiddenGlobal("torch._utils._rebuild_tensor_v2x")),
    PickleAttack(
      "a dotted name behind a known module", value: Pickle.global("torch", "serialization.os.system"),
      .forbiddenGlobal("torch.serialization.os.system")),
    PickleAttack(
      "a name split elsewhere", value: Pickle.global("torch._utils._rebuild_tensor_v2", ""),
      .forbiddenGlobal("torch._utils._rebuild_tensor_v2.")),
    PickleAttack("OBJ", value: cat([0x28], Pickle.global("collections", "OrderedDict"), [0x6f]), .opcode(0x6f)),
    PickleAttack("NEWOBJ of a call", value: cat(Pickle.global("posix", "system"), [0x29, 0x81]), .forbiddenGlobal("posix.system")),
    PickleAttack("NEWOBJ without a tuple", value: cat(Pickle.global("m", "C"), [0x4e, 0x81]), .wrongKind(what: "NEWOBJ")),
    PickleAttack("NEWOBJ of a text", value: cat(Pickle.text("x"), [0x29, 0x81]), .wrongKind(what: "NEWOBJ")),
    PickleAttack("NEWOBJ_EX without keywords", value: cat(Pickle.global("m", "C"), [0x29, 0x4e, 0x92]), .wrongKind(what: "NEWOBJ_EX")),
    PickleAttack(
      "a foreign name of a kilobyte", value: cat(Pickle.text("m"), Pickle.text(String(repeating: "n", count: 1000)), [0x93]),
      .forbiddenGlobal("m." + String(repeating: "n", count: 1000))),
    PickleAttack("EXT1", value: [0x82, 1], .opcode(0x82)),
    PickleAttack("PERSID", value: Array("P0\n".utf8), .opcode(0x50)),
    PickleAttack("NEXT_BUFFER", value: [0x97], .opcode(0x97)),
    PickleAttack("REDUCE on a text", value: cat(Pickle.text("x"), [0x29, 0x52]), .wrongKind(what: "REDUCE")),
    PickleAttack("REDUCE on a storage type", value: cat(Pickle.global("torch", "FloatStorage"), [0x29, 0x52]), .wrongKind(what: "REDUCE")),
    PickleAttack(
      "REDUCE without a tuple", value: cat(Pickle.global("collections", "OrderedDict"), [0x4e, 0x52]), .wrongKind(what: "REDUCE")),
    PickleAttack("BUILD on a tensor", value: cat(Pickle.tensor(), [0x7d, 0x62]), .wrongKind(what: "BUILD")),
    PickleAttack("BUILD on a type", value: cat(Pickle.global("collections", "OrderedDict"), [0x7d, 0x62]), .wrongKind(what: "BUILD")),
    // The machine
    PickleAttack("an empty pickle", pickle: [], .truncated),
    PickleAttack("no STOP", pickle: [0x80, 2, 0x7d], .truncated),
    PickleAttack("nothing at STOP", pickle: [0x80, 2, 0x2e], .unfinished),
    PickleAttack("two values at STOP", pickle: [0x80, 2, 0x7d, 0x7d, 0x2e], .unfinished),
    PickleAttack("an open mark at STOP", pickle: [0x80, 2, 0x28, 0x7d, 0x2e], .unfinished),
    PickleAttack("bytes after STOP", pickle: [0x80, 2, 0x7d, 0x2e, 0], .trailingBytes),
    PickleAttack("protocol 0", pickle: [0x80, 0, 0x7d, 0x2e], .protocolVersion(0)),
    PickleAttack("protocol 6", pickle: [0x80, 6, 0x7d, 0x2e], .protocolVersion(6)),
    PickleAttack("POP of nothing", pickle: [0x80, 2, 0x30], .stackUnderflow),
    PickleAttack("POP beneath a mark", pickle: [0x80, 2, 0x4e, 0x28, 0x30], .stackUnderflow),
    PickleAttack("TUPLE3 of two", pickle: [0x80, 2, 0x4e, 0x4e, 0x87], .stackUnderflow),
    PickleAttack("TUPLE without a mark", pickle: [0x80, 2, 0x4e, 0x74], .noMark),
    PickleAttack("BINPUT of nothing", pickle: [0x80, 2, 0x71, 0], .stackUnderflow),
    PickleAttack("BINGET of nothing", pickle: [0x80, 2, 0x68, 0], .unsetMemo(0)),
    PickleAttack("LONG_BINGET beyond the memo", pickle: [0x80, 2, 0x6a, 0xff, 0xff, 0xff, 0xff], .unsetMemo(0xffff_ffff)),
    PickleAttack("LONG_BINPUT far away", pickle: [0x80, 2, 0x4e, 0x72, 0xff, 0xff, 0x0f, 0], .sparseMemo(0xfffff)),
    PickleAttack("LONG_BINPUT beyond the limit", pickle: [0x80, 2, 0x4e, 0x72, 0xff, 0xff, 0xff, 0xff], .tooManyValues(limit: 1 << 23)),
    PickleAttack("a text of 4 GB", pickle: [0x80, 2, 0x58, 0xff, 0xff, 0xff, 0xff], .lengthBeyondEnd(0xffff_ffff)),
    PickleAttack("a text of 2^63 bytes", pickle: cat([0x80, 4, 0x8d], le(UInt64.max)), .lengthBeyondEnd(.max)),
    PickleAttack("bytes of 2^63", pickle: cat([0x80, 5, 0x96], le(UInt64.max)), .lengthBeyondEnd(.max)),
    PickleAttack("a frame beyond the end", pickle: cat([0x80, 4, 0x95], le(1000 as UInt64)), .lengthBeyondEnd(1000)),
    PickleAttack("a number cut off", pickle: [0x80, 2, 0x4a, 1, 2], .truncated),
    PickleAttack("a float cut off", pickle: [0x80, 2, 0x47, 1, 2], .truncated),
    PickleAttack("a name without an end", pickle: cat([0x80, 2], Array("ctorch\nFloat".utf8)), .truncated),
    PickleAttack(
      "a name of a megabyte", pickle: cat([0x80, 2, 0x63], [UInt8](repeating: 0x61, count: 1 << 20), [0x0a, 0x0a]), .truncated),
    PickleAttack("LONG4 of 2 GB", pickle: [0x80, 2, 0x8b, 0xff, 0xff, 0xff, 0x7f], .lengthBeyondEnd(0x7fff_ffff)),
    PickleAttack(
      "a shape of 72 bits",
      value: cat(
        Pickle.global("torch._utils", "_rebuild_tensor_v2"),
        Pickle.tuple([
          Pickle.storage(), Pickle.int(0), Pickle.tuple([cat([0x8a, 9], [UInt8](repeating: 1, count: 9))]), Pickle.integers([1]), [0x89],
          [0x4e],
        ]), [0x52]), .badArguments(what: "_rebuild_tensor_v2")),
    PickleAttack(
      "a name that is not UTF-8", pickle: cat([0x80, 2, 0x7d, 0x55, 1, 0xff, 0x4e, 0x73, 0x55, 1, 0x61], Pickle.tensor(), [0x73, 0x2e]),
      .badText),
    PickleAttack("a million marks", pickle: cat([0x80, 2], [UInt8](repeating: 0x28, count: 1 << 20)), .tooManyMarks(limit: 1000)),
    PickleAttack(
      "two million values on the stack", pickle: cat([0x80, 2], [UInt8](repeating: 0x4e, count: 2 << 20)), .stackTooDeep(limit: 1 << 20)),
    PickleAttack(
      "17 million values by doubling nothing",
      pickle: cat(
        [0x80, 2, 0x28], [UInt8](repeating: 0x4e, count: 1 << 18), [0x6c, 0x71, 0], Pickle.global("collections", "OrderedDict"),
        [0x68, 0, 0x85, 0x52]), .badArguments(what: "OrderedDict")),
    PickleAttack("APPEND on a dictionary", pickle: [0x80, 2, 0x7d, 0x4e, 0x61], .wrongKind(what: "APPEND")),
    PickleAttack("SETITEM on a list", pickle: [0x80, 2, 0x5d, 0x4e, 0x4e, 0x73], .wrongKind(what: "SETITEMS")),
    PickleAttack("SETITEMS of three", pickle: [0x80, 2, 0x7d, 0x28, 0x4e, 0x4e, 0x4e, 0x75], .wrongKind(what: "SETITEMS")),
    PickleAttack("DICT of three", pickle: [0x80, 2, 0x28, 0x4e, 0x4e, 0x4e, 0x64], .wrongKind(what: "DICT")),
    // Storages
    PickleAttack("a persistent id that is a text", value: cat(Pickle.text("0"), [0x51]), .badPersistentID),
    PickleAttack(
      "a persistent id of another kind",
      value: cat(
        Pickle.tuple([
          Pickle.text("module"), Pickle.global("torch", "FloatStorage"), Pickle.text("0"), Pickle.text("cpu"), Pickle.int(1),
        ]), [0x51]), .badPersistentID),
    PickleAttack("a storage of a dtype", value: Pickle.storage(type: "float32"), .badPersistentID),
    PickleAttack("a storage of -1", value: Pickle.storage(count: -1), .badPersistentID),
    PickleAttack("a storage of 2^62 floats", value: Pickle.storage(count: 1 << 62), .badPersistentID),
    PickleAttack("a key of a kilobyte", value: Pickle.storage(key: String(repeating: "k", count: 1024)), .badPersistentID),
    // Tensors
    PickleAttack(
      "too few arguments", value: cat(Pickle.global("torch._utils", "_rebuild_tensor_v2"), Pickle.tuple([Pickle.storage()]), [0x52]),
      .badArguments(what: "_rebuild_tensor_v2")),
    PickleAttack("a tensor over a text", value: Pickle.tensor(storage: Pickle.text("0")), .badArguments(what: "_rebuild_tensor_v2")),
    PickleAttack(
      "a shape of texts",
      value: cat(
        Pickle.global("torch._utils", "_rebuild_tensor_v2"),
        Pickle.tuple([Pickle.storage(), Pickle.int(0), Pickle.tuple([Pickle.text("1")]), Pickle.integers([1]), [0x89], [0x4e]]), [0x52]),
      .badArguments(what: "_rebuild_tensor_v2")),
    PickleAttack("beyond its storage", value: Pickle.tensor(shape: [2]), .beyondStorage(needed: 2, elements: 1)),
    PickleAttack("beyond by its offset", value: Pickle.tensor(offset: 1), .beyondStorage(needed: 2, elements: 1)),
    PickleAttack("beyond by its stride", value: Pickle.tensor(shape: [2], strides: [big]), .beyondStorage(needed: big + 1, elements: 1)),
    PickleAttack("a negative offset", value: Pickle.tensor(offset: -1), .negativeOffset(-1)),
    PickleAttack("a negative stride", value: Pickle.tensor(shape: [1], strides: [-1]), .negativeStride(-1)),
    PickleAttack("a negative dimension", value: Pickle.tensor(shape: [-1]), .illegalShape([-1])),
    PickleAttack("a stride too few", value: Pickle.tensor(shape: [1, 1], strides: [1]), .strideCount(shape: [1, 1], strides: [1])),
    PickleAttack(
      "65 dimensions", value: Pickle.tensor(shape: [Int](repeating: 1, count: 65), strides: [Int](repeating: 1, count: 65)),
      .tooManyDimensions(65)),
    PickleAttack("a product beyond 2^63", value: Pickle.tensor(shape: [big, big], strides: [0, 0]), .illegalShape([big, big])),
    PickleAttack(
      "an empty tensor with a product beyond 2^63", value: Pickle.tensor(shape: [0, big, big], strides: [0, 0, 0]),
      .illegalShape([0, big, big])),
    PickleAttack("bytes beyond 2^63", value: Pickle.tensor(shape: [1 << 62], strides: [0]), .illegalShape([1 << 62])),
    PickleAttack("a reach beyond 2^63", value: Pickle.tensor(shape: [3], strides: [1 << 62]), .illegalShape([3])),
    PickleAttack("an offset at 2^63", value: Pickle.tensor(offset: .max, shape: [2]), .illegalShape([2])),
    PickleAttack(
      "an unknown lazy bit", value: Pickle.tensor(extra: [Pickle.dictionary([(Pickle.text("python_dispatch"), [0x88])])]),
      .badArguments(what: "_rebuild_tensor_v2")),
    PickleAttack(
      "conj on floats", value: Pickle.tensor(extra: [Pickle.dictionary([(Pickle.text("conj"), [0x88])])]),
      .badArguments(what: "_rebuild_tensor_v2")),
    PickleAttack(
      "another type over a typed storage",
      value: cat(
        Pickle.global("torch._utils", "_rebuild_tensor_v3"),
        Pickle.tuple([
          Pickle.storage(), Pickle.int(0), Pickle.integers([1]), Pickle.integers([1]), [0x89], [0x4e], Pickle.global("torch", "float64"),
        ]), [0x52]),
      .storageType(storage: .float32, tensor: .float64)),
    PickleAttack(
      "a parameter of a text",
      value: cat(Pickle.global("torch._utils", "_rebuild_parameter"), Pickle.tuple([Pickle.text("x"), [0x88], [0x4e]]), [0x52]),
      .badArguments(what: "_rebuild_parameter")),
  ]

  @Test("is refused for what it does", arguments: attacks)
  func attack(_ attack: PickleAttack) {
    let error = refusal(attack.file)
    #expect(error?.reason == attack.problem)
    #expect(error?.part == "data.pkl")
    #expect(error?.offset != nil)
  }

  @Test("the crafted file without an attack is accepted")
  func harmless() throws {
    let file = try openTensorFile(InputFile(bytes: Pickle.weight(Pickle.tensor()), name: "f"))
    #expect(try file.tensor(at: 0) == Tensor([1 as Float]))
  }

  @Test("billion laughs: tuples of tuples of tuples cost what they weigh")
  func billionLaughs() {
    var pickle: [UInt8] = [0x4e, 0x71, 0, 0x30]
    for level in 1..<200 as Range<UInt8> {
      pickle.append(0x28)
      for _ in 0..<30 { pickle += [0x68, level - 1] }
      pickle += [0x74, 0x71, level, 0x30]
    }
    // Anything that walked them would not come back.
    let file = CraftedZip.torch(Pickle.file(cat(pickle, [0x68, 199]))).bytes
    #expect(refusal(file)?.reason == .checkpoint(.notADictionary(kind: "a tuple")))
  }

  @Test("half a million nested tuples are freed without recursion")
  func deepNesting() {
    var pickle: [UInt8] = [0x5d]
    for _ in 0..<500_000 { pickle += [0x85] }
    #expect(refusal(CraftedZip.torch(Pickle.file(pickle)).bytes)?.reason == .checkpoint(.notADictionary(kind: "a tuple")))
  }

  @Test("a list within itself is no trouble")
  func cycle() {
    let pickle: [UInt8] = [0x5d, 0x71, 0, 0x68, 0, 0x61]
    #expect(refusal(CraftedZip.torch(Pickle.file(pickle)).bytes)?.reason == .checkpoint(.notADictionary(kind: "a list")))
  }

  @Test("one list copied again and again runs into the limit")
  func repeatedCopies() {
    let pair: [UInt8] = [0x4e, 0x4e, 0x86, 0x71, 1, 0x30]
    let entries = [[UInt8]](repeating: [0x68, 1], count: 1000)
    let list = cat([0x28], entries.flatMap(\.self), [0x6c, 0x85, 0x71, 2, 0x30])
    let copies = [[UInt8]](repeating: [0x68, 3, 0x68, 2, 0x52, 0x30], count: 100)
    let global = cat(Pickle.global("collections", "OrderedDict"), [0x71, 3, 0x30])
    let pickle = cat(pair, list, global, copies.flatMap(\.self), [0x7d])
    var limits = FormatLimits()
    limits.pickleValues = 100_000
    let error = refusal(CraftedZip.torch(Pickle.file(pickle)).bytes, limits: limits)
    #expect(error?.reason == .pickle(.tooManyValues(limit: 100_000)))
  }

  @Test("a scalar repeated by a stride of 0 is a bomb beyond the limit, a tensor below it")
  func expansion() {
    let bomb = Pickle.tensor(shape: [1 << 30], strides: [0])
    guard case .checkpoint(.tooLarge(let bytes, let limit))? = refusal(Pickle.weight(bomb))?.reason else {
      Issue.record("not refused as too large")
      return
    }
    #expect(bytes == 4 << 30)
    #expect(limit < 100 << 20)
    #expect(refusal(Pickle.weight(Pickle.tensor(shape: [1000], strides: [0]))) == nil)
  }

  @Test("many views of one storage are counted together")
  func manyViews() {
    let view = Pickle.tensor(shape: [1 << 20], strides: [0])
    let items = (0..<100).map { (Pickle.text("w\($0)"), view) }
    let error = refusal(CraftedZip.torch(Pickle.file(Pickle.dictionary(items))).bytes)
    guard case .checkpoint(.tooLarge)? = error?.reason else {
      Issue.record("not refused as too large: \(String(describing: error))")
      return
    }
  }

  @Test("a long dictionary of a tensor's bits is refused at the first tensor, not walked by each")
  func longBits() {
    let bits = Pickle.dictionary((0..<100).map { _ in (Pickle.text("neg"), [0x89]) })
    #expect(refusal(Pickle.weight(Pickle.tensor(extra: [bits])))?.reason == .pickle(.badArguments(what: "_rebuild_tensor_v2")))
    let two = Pickle.dictionary([(Pickle.text("neg"), [0x88])])
    #expect(refusal(Pickle.weight(Pickle.tensor(extra: [two]))) == nil)
  }

  @Test("tensors of many dimensions count as more values")
  func manyDimensions() {
    var limits = FormatLimits()
    limits.pickleValues = 10_000
    let ones = [Int](repeating: 1, count: 64)
    let tuple = cat(Pickle.tensor(shape: ones, strides: ones).dropLast(), [0x71, 0])
    // The arguments stay in the memo: six bytes make another tensor of them.
    let again = (0..<200).flatMap { _ in cat(Pickle.global("torch._utils", "_rebuild_tensor_v2"), [0x68, 0, 0x52, 0x30]) }
    let value = Pickle.dictionary([(Pickle.text("w"), cat(tuple, [0x52], again))])
    let error = refusal(CraftedZip.torch(Pickle.file(value)).bytes, limits: limits)
    #expect(error?.reason == .pickle(.tooManyValues(limit: 10_000)))
  }

  @Test("a name that is asked for is shown up to 80 characters")
  func longName() {
    let name = String(repeating: "n", count: 500)
    let error = refusal(Pickle.weight(Pickle.global("m", name)))
    #expect(error?.reason == .pickle(.forbiddenGlobal("m.\(name)")))
    #expect((error?.description.count ?? 1000) < 200)
  }

  @Test("one long text as the value of many keys is kept once")
  func sharedText() {
    let long = cat(Pickle.text(String(repeating: "x", count: 1 << 20)), [0x71, 0, 0x30])
    var items: [([UInt8], [UInt8])] = [(Pickle.text("w"), Pickle.tensor())]
    for index in 0..<20_000 { items.append((Pickle.text("k\(index)"), [0x68, 0])) }
    // Copies would be 20 GB.
    #expect(refusal(CraftedZip.torch(Pickle.file(cat(long, Pickle.dictionary(items)))).bytes) == nil)
  }
}
