/// A request that the model cannot serve.
public enum InferenceError: Error, CustomStringConvertible, Hashable {
    /// The model has no start token for the language.
    case unknownLanguage(String, available: [String])

    public var description: String {
        switch self {
        case .unknownLanguage(let language, let available):
            "this model does not translate to \(language); it translates to "
                + available.joined(separator: ", ")
        }
    }
}
