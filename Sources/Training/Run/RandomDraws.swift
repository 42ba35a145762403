// What tells the random draws of a stage from each other.

extension TrainingTask {
    /// What tells the task's random draws from another's.
    var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Random draws of a stage that belong to no task, told from those of the tasks by their numbers.
enum RandomUse: UInt64 {
    case sampling = 0x1_0000
    case surgery
}
