/// A request that the model cannot serve.
public enum InferenceError: Error, CustomStringConvertible, Hashable {
    /// The model has no start token for the language.
    case unknownLanguage(String, available: [String])
    /// The models of an ensemble cannot translate together.
    case differentTokenizers(String)

    public var description: String {
        switch self {
        case .unknownLanguage(let language, let available):
            "this model does not translate to \(language); it translates to "
                + available.joined(separator: ", ")
        case .differentTokenizers(let obstacle):
            "\(obstacle); only models with one tokenizer translate together"
        }
    }
}
