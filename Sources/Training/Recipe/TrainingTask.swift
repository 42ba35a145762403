/// What a model learns.
///
/// Loops over tasks go through `allCases`, whose order is fixed, not through a dictionary.
public enum TrainingTask: String, Codable, CodingKeyRepresentable, CaseIterable, Hashable, Sendable
{
    case translation, sentiment
}

extension TrainingTask: CodingKey {}
