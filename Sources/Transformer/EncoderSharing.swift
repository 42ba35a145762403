/// Which parameters of the encoder the tasks have in common.
public struct EncoderSharing: Codable, Hashable, Sendable {
    public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
        /// One encoder serves all tasks (hard parameter sharing: Caruana 1997, section 1).
        case hard
        /// The embeddings and the lower layers serve all tasks; each task has top layers and a last normalisation of its
        /// own.
        case mixed
        /// Each task has an encoder of its own, embeddings included: single-task models in one folder.
        case separate
    }

    public var method: Method
    /// The top layers that each task has of its own; given for `mixed` only.
    public var ownLayerCount: Int?

    public init(_ method: Method, ownLayerCount: Int? = nil) {
        self.method = method
        self.ownLayerCount = ownLayerCount
    }

    /// Where nothing is said.
    public static let hard = EncoderSharing(.hard)

    /// The layers of each task's encoder that no other task uses.
    ///
    /// - Parameter layerCount: the layers of an encoder.
    func ownLayerCount(of layerCount: Int) -> Int {
        switch method {
        case .hard: 0
        case .mixed: ownLayerCount ?? 0
        case .separate: layerCount
        }
    }

    /// What makes the sharing impossible in an encoder of `layerCount` layers, in words; nil if it is possible.
    func problem(layerCount: Int) -> String? {
        switch (method, ownLayerCount) {
        case (.mixed, nil): "sharing.own_layer_count is missing, which mixed needs"
        case (.mixed, let count?) where !(1...layerCount).contains(count):
            "sharing.own_layer_count is \(count), not between 1 and encoder_layer_count, "
                + "\(layerCount)"
        case (.hard, _?), (.separate, _?):
            "sharing.own_layer_count belongs to mixed, not to \(method.rawValue)"
        default: nil
        }
    }
}
