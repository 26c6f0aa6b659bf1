/// What the default patterns know words to mean.
enum Words {
  enum Step { case epoch, step, global }

  /// What a number behind this word counts; nil for any other word.
  static func step(_ word: ArraySlice<UInt8>) -> Step? {
    guard (4...11).contains(word.count) else { return nil }
    switch String(decoding: word.map(\.lowercased), as: UTF8.self) {
    case "epoch": return .epoch
    case "step", "iter", "iteration", "batch": return .step
    case "global_step", "global-step": return .global
    default: return nil
    }
  }

  /// Whether `word(0.5)` is how a library prints a number.
  static func wrapsNumber(_ word: ArraySlice<UInt8>) -> Bool {
    ["tensor", "array", "np.float64", "np.float32", "np.float16", "numpy.float64", "numpy.float32"].contains { $0.utf8.elementsEqual(word) }
  }

  /// The parts of a word, in lower case: `val`, `loss` of `val_loss` and of `valLoss`.
  static func parts(_ word: ArraySlice<UInt8>) -> [[UInt8]] {
    var (parts, part): ([[UInt8]], [UInt8]) = ([], [])
    var before: UInt8 = 0
    for byte in word {
      let isUpper = byte != byte.lowercased
      if "_-/.@'&".utf8.contains(byte) || isUpper && before.isLetter && before == before.lowercased {
        if !part.isEmpty { parts.append(part) }
        part = []
      }
      if !"_-/.@'&".utf8.contains(byte) { part.append(byte.lowercased) }
      before = byte
    }
    return part.isEmpty ? parts : parts + [part]
  }

  static func isMeasure(_ parts: [[UInt8]]) -> Bool { parts.contains { measures.contains($0) || measures.contains(withoutNumber($0)) } }

  /// A share of what is right: its percentage, and `97/100`, is a value of its own.
  static func isShare(_ parts: [[UInt8]]) -> Bool { parts.contains { shares.contains($0) || shares.contains(withoutNumber($0)) } }

  /// A time, a rate or an amount of memory.
  static func isTime(_ parts: [[UInt8]]) -> Bool {
    parts.contains { times.contains($0) } || parts.count >= 2 && parts[parts.count - 2].elementsEqual("per".utf8)
  }

  /// The part of the data that a metric is of.
  static func isSplit(_ parts: [[UInt8]]) -> Bool { parts.contains { splits.contains($0) } }

  /// What may stand before a measure as part of its name.
  static func isAdjective(_ parts: [[UInt8]]) -> Bool { parts.allSatisfy { adjectives.contains($0) || splits.contains($0) } }

  static func isSeparating(_ parts: [[UInt8]]) -> Bool { parts.count == 1 && stops.contains(parts[0]) }

  static func isUnit(_ word: ArraySlice<UInt8>) -> Bool {
    let lower = word.map(\.lowercased)
    if units.contains(lower) { return true }
    guard let slash = lower.firstIndex(of: UInt8(ascii: "/")) else { return false }
    return units.contains(Array(lower[(slash + 1)...]))
  }

  /// A fact about the program, the machine or the settings: no metric, whatever its number.
  static func isFact(_ parts: [[UInt8]]) -> Bool { parts.contains { facts.contains($0) } }

  /// A setting: no metric on a line that says nothing else.
  static func isSetting(_ parts: [[UInt8]]) -> Bool { parts.contains { settings.contains($0) } }

  private static func withoutNumber(_ part: [UInt8]) -> [UInt8] {
    var part = part
    while let last = part.last, last.isDigit { part.removeLast() }
    return part
  }

  private static func set(_ words: String) -> Set<[UInt8]> { Set(words.split(separator: " ").map { Array($0.utf8) }) }

  private static let shares = set(
    """
    acc accuracy precision recall f1 f1score fbeta auc auroc auprc ap map iou miou dice top wer cer specificity sensitivity hit hits mrr ndcg \
    err error merror exact em r2 kappa mcc
    """)
  private static let measures = shares.union(
    set(
      """
      loss losses cost energy objective mse rmse mae mape smape rmsle msle logloss mlogloss nll bce ce kl kld elbo likelihood hinge huber \
      perplexity ppl bpc bpb bleu rouge meteor chrf psnr ssim lpips fid score scores reward rewards return returns inertia norm gnorm lr \
      entropy deviance gini silhouette corr correlation l1 l2 sparsity margin bce distance divergence variance residual improve
      """))
  private static let times = set(
    """
    time times eta elapsed remaining runtime duration seconds secs sec second ms msec us minutes mins min/epoch hours fps speed throughput wall \
    timestamp date dur took ips wps ups it/s mem memory vram ram gpu_mem flos flops mfu
    """)
  private static let splits = set(
    "train training val valid validation validating test testing eval evaluation evaluating dev holdout")
  private static let adjectives = set(
    """
    final best avg average mean median total running current cumulative min max minimum maximum micro macro weighted balanced smoothed ema \
    learning rate gradient grad cross log mean squared absolute error root epoch batch step overall global local top roc f1 binary \
    categorical sparse generator discriminator critic actor policy value regression classification objectness box cls reconstruction kl \
    latent contrastive auxiliary aux explained
    """)
  private static let stops = set(
    """
    a an the of at is was are in on to for with without and or by from after before until than as that this it its about over under into \
    took has had have be been we got per using saved saving loaded loading
    """)
  private static let units = set(
    """
    s sec secs second seconds ms us ns msec min mins minute minutes hr hrs hour hours day days kb mb gb tb kib mib gib byte bytes it its \
    its/s hz khz mhz ghz fps px step epoch batch iter sample samples token tokens image images file files
    """)
  private static let facts = set(
    """
    v_num num seed port pid version rank world device devices gpu gpus cuda cpu cpus workers jobs samples size sizes parameters params shape \
    length line errno status code exit id index total count counts
    """)
  private static let settings = set(
    """
    dropout momentum decay beta beta1 beta2 betas eps epsilon gamma alpha temperature threshold split ratio fraction warmup patience delta \
    scale weight weights clip scheduler optimizer epochs steps iterations batches step_size
    """)
}
