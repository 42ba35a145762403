import Foundation
import Logging

@testable import Training

extension TemporaryFolder {
    /// Runs the folder's `recipe.yml` on the folder's corpora.
    ///
    /// - Parameters:
    ///   - output: the name of the run's folder.
    ///   - stop: the number of steps of this call after which the run is told to stop.
    func train(
        _ output: String, resumes: Bool = false, threadCount: Int = 1, stop: Int? = nil
    ) throws {
        var steps = 0
        let observer = Trainer.Observer(shouldStop: {
            steps += 1
            return steps == stop
        })
        let options = Trainer.Options(
            recipe: url.appending(path: "recipe.yml"), corpora: url,
            output: url.appending(path: output), resumes: resumes, threadCount: threadCount)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try Trainer(options, observer: observer, logger: logger).run()
    }

    /// The bytes of the weights that a run wrote.
    func weights(_ output: String) throws -> Data {
        try Data(contentsOf: url.appending(path: "\(output)/model.safetensors"))
    }
}
