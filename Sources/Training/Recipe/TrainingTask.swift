import Transformer

/// What a model learns: to do what it is for.
public typealias TrainingTask = ModelTask

extension ModelTask: CodingKey {}
