public import NeuralNets
public import RegistryStore
internal import Tensors
public import Training

extension Registry {
  /// Rebuilds a version with what surrounds its net: raw rows in, labels or values out.
  public func loadPredictor(_ record: VersionRecord) throws -> Predictor {
    guard let architecture = record.architecture else {
      throw try whyNoNet(record)
    }
    let stateDict = try stateDict(record)
    guard !architecture.hasUnknownActivation(stateDict.names) else {
      throw StoreError.unknownActivation(model: record.model, version: record.version, wasGuessed: true)
    }
    do {
      return Predictor(architecture: architecture, net: try architecture.net(stateDict))
    } catch StateDictError.noNet(let reason) {
      throw StoreError.noNet(model: record.model, version: record.version, reason: reason)
    } catch StateDictError.beyondFloat32(let name) {
      throw StoreError.noNet(
        model: record.model, version: record.version, reason: "'\(name)' has numbers beyond float32, which a net is computed in")
    } catch {
      throw StoreError.rotten(what: "version \(record.title): \(error)", path: path)
    }
  }

  /// Throws unless the net of a version can be rebuilt.  Of a large one the names and shapes alone are held against its architecture: each
  /// tensor is checked by its digest, and the memory that this takes stays bounded.
  func checkNet(_ record: VersionRecord) throws {
    guard let architecture = record.architecture, record.parameterCount > Self.largestRebuilt else {
      _ = try loadPredictor(record)
      return
    }
    do {
      let stack = try LinearStack(storedTensors(record).map { ($0.name, $0.dtype, $0.shape) })
      guard architecture.fits(stack) else { throw NetProblem("its layers have the sizes \(stack.sizes)") }
    } catch let problem as NetProblem {
      throw StoreError.noNet(model: record.model, version: record.version, reason: problem.description)
    }
  }

  /// A net of more numbers isn't rebuilt only to see whether it can be.
  private static let largestRebuilt = 4 << 20

  /// The param of an import that says why its tensors are no net.
  package static let noNetParam = "no_net"

  /// Why a version without an architecture has none.
  private func whyNoNet(_ record: VersionRecord) throws -> StoreError {
    let said = try run(record.run).params.first { $0.key.hasSameBytes(as: Self.noNetParam) }
    if case .text(let reason)? = said?.value { return .noNet(model: record.model, version: record.version, reason: reason) }
    let tensors = try storedTensors(record).map { (name: $0.name, dtype: $0.dtype, shape: $0.shape) }
    guard !tensors.isEmpty else {
      return .noNet(model: record.model, version: record.version, reason: "it has files alone, and no tensors")
    }
    do {
      let stack = try LinearStack(tensors)
      if stack.hiddenSizes.isEmpty, let question = stack.openQuestion {
        return .noNet(
          model: record.model, version: record.version, reason: question.description,
          missing: [stack.isUnsureAlone ? .activation : .batchNormPlace])
      }
      return stack.hasOwnNames || stack.hiddenSizes.isEmpty
        ? .noArchitecture(model: record.model, version: record.version)
        : .unknownActivation(
          model: record.model, version: record.version, wasGuessed: false,
          missing: stack.hasBatchNorm && stack.batchNorm == nil ? [.activation, .batchNormPlace] : [.activation])
    } catch {
      return .noNet(model: record.model, version: record.version, reason: error.description)
    }
  }

  /// Rebuilds the net of a version from its architecture and tensors alone.
  ///
  /// It takes what its architecture's encoding gives: for a version that was trained with `--standardize` use `loadPredictor`.
  public func loadNeuralNet(version: Int, model: String = Registry.defaultModel) throws -> NeuralNet {
    // In one transaction: the locks and the look at the file's change counter are a third of the time that a small net takes.
    try snapshot { try loadPredictor(self.version(VersionName(model: model, .number(version)))).net }
  }
}
