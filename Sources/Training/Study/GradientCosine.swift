/// How the gradients of the tasks lay to each other after a step.
struct GradientCosine: Codable, Hashable {
    let stage: String
    let step: Int
    let value: Double

    /// Nil for a step that did not compare gradients.
    init?(_ record: ProgressRecord) {
        guard let value = record.gradientCosine else { return nil }
        self.init(stage: record.stage, step: record.step, value: value)
    }

    init(stage: String, step: Int, value: Double) {
        self.stage = stage
        self.step = step
        self.value = value
    }
}
