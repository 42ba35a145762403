import Foundation
import Kernels

/// Token embeddings, scaled by the square root of the dimension, plus sinusoidal positions (Vaswani et al. 2017,
/// sections 3.4 and 3.5). One table serves the source, the target and the output projection;
/// an encoder that shares nothing has its own.
public struct Embedding: Sendable {
    /// `[vocabularySize, modelDimension]`.
    public let table: ParameterSlot
    /// `[maximumLength, modelDimension]`, sines in the first half of the columns, cosines in the second.
    private let positions: [Float]

    init(
        _ name: String, _ configuration: ModelConfiguration, in layout: inout ParameterLayout
    ) {
        let (dimension, maximumLength) = (configuration.modelDimension, configuration.maximumLength)
        table = layout.add(
            name + ".weight", configuration.vocabularySize, dimension,
            .normal(1 / Double(dimension).squareRoot()))
        var positions = [Float](repeating: 0, count: maximumLength * dimension)
        let half = dimension / 2
        let wavelengths = (0..<half).map { pow(10_000, 2 * Double($0) / Double(dimension)) }
        for position in 0..<maximumLength {
            for (i, wavelength) in wavelengths.enumerated() {
                let angle = Double(position) / wavelength
                positions[position * dimension + i] = Float(sin(angle))
                positions[position * dimension + half + i] = Float(cos(angle))
            }
        }
        self.positions = positions
    }

    private var dimension: Int { table.columns }
    private var scale: Float { Float(dimension).squareRoot() }

    /// Writes the embedding of one token at one position.
    func write(
        _ tokenID: Int32, position: Int, into row: UnsafeMutablePointer<Float>,
        of parameters: Parameters
    ) {
        let (scale, dimension) = (scale, dimension)
        precondition(
            0..<table.rows ~= Int(tokenID) && 0..<positions.count / dimension ~= position,
            "token \(tokenID) at position \(position) of a model with \(table.rows) tokens and "
                + "\(positions.count / dimension) positions")
        parameters.copyRow(Int(tokenID), of: table, into: row)
        positions.withUnsafeBufferPointer { positions in
            for column in 0..<dimension {
                row[column] = row[column] * scale + positions[position * dimension + column]
            }
        }
    }

    /// The embeddings of a batch, `[tokens, modelDimension]`, after dropout, and the dropout that was used.
    func forward(_ batch: Batch, _ pass: Pass) -> (Matrix, Dropout) {
        let x = pass.arena.matrix(batch.segments.total, dimension)
        let parameters = pass.parameters
        pass.workspace.parallelFor(batch.segments.count) { sentence, _ in
            for (position, row) in batch.segments.rows(of: sentence).enumerated() {
                write(batch.tokenIDs[row], position: position, into: x.row(row), of: parameters)
            }
        }
        let dropout = pass.nextDropout()
        if dropout.rate > 0 { dropout.apply(x, into: x, workspace: pass.workspace) }
        return (x, dropout)
    }

    /// Adds `dx [tokens, modelDimension]`, which is overwritten, to the gradients of the tokens' embeddings.
    func backward(
        _ dx: Matrix, _ batch: Batch, _ dropout: Dropout, _ pass: Pass, gradients: Parameters
    ) {
        if dropout.rate > 0 {
            dropout.apply(dx, into: dx, workspace: pass.workspace)
        }
        addToTokens(dx, batch, pass, gradients: gradients)
    }

    /// The scaled embeddings of a batch's tokens alone, `[tokens, modelDimension]`: no positions, no dropout.
    func tokens(_ batch: Batch, _ pass: Pass) -> Matrix {
        let x = pass.arena.matrix(batch.segments.total, dimension)
        let scale = scale
        for (row, tokenID) in batch.tokenIDs.enumerated() {
            let target = x.row(row)
            pass.parameters.copyRow(Int(tokenID), of: table, into: target)
            for column in 0..<dimension { target[column] *= scale }
        }
        return x
    }

    /// Adds `dx [tokens, modelDimension]`, the gradient of `tokens`, to the gradients of the tokens' embeddings.
    func addToTokens(_ dx: Matrix, _ batch: Batch, _ pass: Pass, gradients: Parameters) {
        let (scale, dimension, gradient) = (scale, dimension, gradients[table])
        // Each worker takes the tokens of its share of the vocabulary, so that no two write the same row and every
        // row receives its terms in the order of the batch.
        let shares = 8
        pass.workspace.parallelFor(shares) { share, _ in
            for (row, tokenID) in batch.tokenIDs.enumerated() where Int(tokenID) % shares == share {
                let target = gradient.row(Int(tokenID)), source = dx.row(row)
                for column in 0..<dimension { target[column] += scale * source[column] }
            }
        }
    }
}
