/// What a model does.
///
/// Loops over tasks go through `allCases`, whose order is fixed, not through a dictionary.
public enum ModelTask: String, Codable, CodingKeyRepresentable, CaseIterable, Hashable, Sendable {
    case translation, sentiment
}
