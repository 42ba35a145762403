import KernelsGeneric

#if arch(x86_64)
    import KernelsV3
    import KernelsV4
    import KernelsV4AMX
    import KernelsV4BF16
    import KernelsV4VNNI
#endif

/// The kernels of one instruction set. What each does, and what its arguments mean, is said where it is defined, in
/// the sources of `KernelsGeneric`.
package struct KernelTable: Sendable {
    /// Rows of a register tile.
    let tileRows: Int
    /// Columns of a panel of a packed right operand.
    let panelColumns: Int
    let matrixBlock:
        @Sendable (
            Int, Int, Int, UnsafePointer<Float>, Int, Int, Int, UnsafePointer<Float>, Int,
            UnsafeMutablePointer<Float>, Int, Bool
        ) -> Void
    let packPanel:
        @Sendable (
            Int, Int, UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>
        ) -> Void
    let packTransposedRows:
        @Sendable (
            Int, Int, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>
        ) -> Void
    /// Rows of a block of a product in 8 bits: several tiles. Each block reads all of the right operand.
    private(set) var int8BlockRows = 48
    /// Columns of a panel of a right operand in 8 bits.
    let int8PanelColumns: Int
    private(set) var int8MatrixBlock:
        @Sendable (
            Int, Int, Int, UnsafePointer<Int32>, UnsafePointer<Float>, UnsafePointer<Int32>,
            UnsafePointer<Int32>, UnsafePointer<Float>, UnsafePointer<Float>?, Float,
            UnsafePointer<Float>?, UnsafeMutablePointer<Float>, Int
        ) -> Void
    let quantizeRows:
        @Sendable (
            Int, Int, UnsafePointer<Float>, Int, Int32, UnsafeMutablePointer<Int32>,
            UnsafeMutablePointer<Float>
        ) -> Void
    let packBytePanel:
        @Sendable (
            Int, Int, UnsafePointer<Int32>, UnsafeMutablePointer<Int32>,
            UnsafeMutablePointer<Int32>
        ) -> Void
    let selectLargest:
        @Sendable (
            Int, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Int32>
        ) -> Int
    let logSumExponentials:
        @Sendable (
            Int, UnsafePointer<Float>
        ) -> Float
    /// The product of operands in bf16.
    private(set) var bfloat16: BFloat16
    let addBias:
        @Sendable (
            Int, Int, UnsafeMutablePointer<Float>, Int, UnsafePointer<Float>, Bool
        ) -> Void
    let addBiasAndBase:
        @Sendable (
            Int, Int, UnsafeMutablePointer<Float>, Int, UnsafePointer<Float>,
            UnsafePointer<Float>, UInt32, UInt32, UInt32, Float
        ) -> Void
    let layerNormForward:
        @Sendable (
            Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let layerNormBackward:
        @Sendable (
            Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
            UnsafePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Float>
        ) -> Void
    let columnSums:
        @Sendable (
            Int, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let softmaxRows:
        @Sendable (
            Int, Int, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let crossEntropyRows:
        @Sendable (
            Int, Int, UnsafeMutablePointer<Float>, UnsafePointer<Int32>, Float, Float,
            UnsafeMutablePointer<Float>
        ) -> Void
    let attentionForward:
        @Sendable (
            Int, Int, Int, Float, Bool, UnsafePointer<Float>, Int, UnsafePointer<Float>,
            UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Float>, Int
        ) -> Void
    let attentionBackward:
        @Sendable (
            Int, Int, Int, Float, Bool, UnsafePointer<Float>, Int, UnsafePointer<Float>,
            UnsafePointer<Float>, Int, UnsafePointer<Float>, UnsafePointer<Float>, Int,
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let attentionStep:
        @Sendable (
            Int, Int, Float, UnsafePointer<Float>, UnsafePointer<UnsafePointer<Float>>, Int,
            Int, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let addScaled:
        @Sendable (
            Int, Float, UnsafePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let reluBackward:
        @Sendable (
            Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let sumOfProducts:
        @Sendable (
            Int, UnsafePointer<Float>, UnsafePointer<Float>
        ) -> Double
    let dropout:
        @Sendable (
            Int, UInt32, UInt32, UInt32, Float, UnsafePointer<Float>, UnsafePointer<Float>?,
            UnsafeMutablePointer<Float>
        ) -> Void
    let adamStep:
        @Sendable (
            Int, Float, Float, Float, Float, Float, Float, UnsafePointer<Float>,
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>,
            UnsafeMutablePointer<Float>
        ) -> Void
    let momentumStep:
        @Sendable (
            Int, Float, Float, Float, Float, UnsafePointer<Float>,
            UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    let multiplyAddLoop:
        @Sendable (
            Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Int

    /// The kernels of the product of operands in bf16. `matrixBlock` is that of the table over other operands.
    struct BFloat16: Sendable {
        /// Rows of a register tile.
        let tileRows: Int
        /// Rows of a block of a product, about, and the depth that one pass of it covers.
        let blockRows: Int
        let depthStep: Int
        /// Places of a packed operand that a depth takes.
        let places: @Sendable (Int) -> Int
        /// Whether rows that were stored transposed are packed into tiles, row i of place k at `k * tileRows + i`; else
        /// they stand one after the other like those of `packRows`.
        let packsTransposedRowsInTiles: Bool
        let matrixBlock:
            @Sendable (
                Int, Int, Int, UnsafePointer<Float>, Int, Int, Int, UnsafePointer<Float>, Int,
                UnsafeMutablePointer<Float>, Int, Bool
            ) -> Void
        let packPanel:
            @Sendable (
                Int, Int, UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>
            ) -> Void
        let packRows:
            @Sendable (
                Int, Int, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>
            ) -> Void
        let packTransposedRows:
            @Sendable (
                Int, Int, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>
            ) -> Void
    }

    /// The kernels in use.
    static let current = InstructionSet.current.kernels

    static let generic = KernelTable(
        tileRows: KernelsGeneric.tileRows, panelColumns: KernelsGeneric.panelColumns,
        matrixBlock: KernelsGeneric.matrixBlock,
        packPanel: KernelsGeneric.packPanel,
        packTransposedRows: KernelsGeneric.packTransposedRows,
        int8PanelColumns: KernelsGeneric.int8PanelColumns,
        int8MatrixBlock: KernelsGeneric.int8MatrixBlock,
        quantizeRows: KernelsGeneric.quantizeRows,
        packBytePanel: KernelsGeneric.packBytePanel,
        selectLargest: KernelsGeneric.selectLargest,
        logSumExponentials: KernelsGeneric.logSumExponentials,
        bfloat16: BFloat16(
            tileRows: KernelsGeneric.tileRows, blockRows: BlockGrid.rowCount,
            depthStep: BlockGrid.depthStep, places: KernelsGeneric.bfloat16Places,
            packsTransposedRowsInTiles: true,
            matrixBlock: KernelsGeneric.matrixBlock,
            packPanel: KernelsGeneric.packBFloat16Panel,
            packRows: KernelsGeneric.packBFloat16Rows,
            packTransposedRows: KernelsGeneric.packBFloat16TransposedRows),
        addBias: KernelsGeneric.addBias,
        addBiasAndBase: KernelsGeneric.addBiasAndBase,
        layerNormForward: KernelsGeneric.layerNormForward,
        layerNormBackward: KernelsGeneric.layerNormBackward,
        columnSums: KernelsGeneric.columnSums,
        softmaxRows: KernelsGeneric.softmaxRows,
        crossEntropyRows: KernelsGeneric.crossEntropyRows,
        attentionForward: KernelsGeneric.attentionForward,
        attentionBackward: KernelsGeneric.attentionBackward,
        attentionStep: KernelsGeneric.attentionStep,
        addScaled: KernelsGeneric.addScaled,
        reluBackward: KernelsGeneric.reluBackward,
        sumOfProducts: KernelsGeneric.sumOfProducts,
        dropout: KernelsGeneric.dropout,
        adamStep: KernelsGeneric.adamStep,
        momentumStep: KernelsGeneric.momentumStep,
        multiplyAddLoop: KernelsGeneric.multiplyAddLoop)

    #if arch(x86_64)
        static let v3 = KernelTable(
            tileRows: KernelsV3.tileRows, panelColumns: KernelsV3.panelColumns,
            matrixBlock: KernelsV3.matrixBlock,
            packPanel: KernelsV3.packPanel,
            packTransposedRows: KernelsV3.packTransposedRows,
            int8PanelColumns: KernelsV3.int8PanelColumns,
            int8MatrixBlock: KernelsV3.int8MatrixBlock,
            quantizeRows: KernelsV3.quantizeRows,
            packBytePanel: KernelsV3.packBytePanel,
            selectLargest: KernelsV3.selectLargest,
            logSumExponentials: KernelsV3.logSumExponentials,
            bfloat16: BFloat16(
                tileRows: KernelsV3.tileRows, blockRows: BlockGrid.rowCount,
                depthStep: BlockGrid.depthStep, places: KernelsV3.bfloat16Places,
                packsTransposedRowsInTiles: true,
                matrixBlock: KernelsV3.matrixBlock,
                packPanel: KernelsV3.packBFloat16Panel,
                packRows: KernelsV3.packBFloat16Rows,
                packTransposedRows: KernelsV3.packBFloat16TransposedRows),
            addBias: KernelsV3.addBias,
            addBiasAndBase: KernelsV3.addBiasAndBase,
            layerNormForward: KernelsV3.layerNormForward,
            layerNormBackward: KernelsV3.layerNormBackward,
            columnSums: KernelsV3.columnSums,
            softmaxRows: KernelsV3.softmaxRows,
            crossEntropyRows: KernelsV3.crossEntropyRows,
            attentionForward: KernelsV3.attentionForward,
            attentionBackward: KernelsV3.attentionBackward,
            attentionStep: KernelsV3.attentionStep,
            addScaled: KernelsV3.addScaled,
            reluBackward: KernelsV3.reluBackward,
            sumOfProducts: KernelsV3.sumOfProducts,
            dropout: KernelsV3.dropout,
            adamStep: KernelsV3.adamStep,
            momentumStep: KernelsV3.momentumStep,
            multiplyAddLoop: KernelsV3.multiplyAddLoop)

        static let v4 = KernelTable(
            tileRows: KernelsV4.tileRows, panelColumns: KernelsV4.panelColumns,
            matrixBlock: KernelsV4.matrixBlock,
            packPanel: KernelsV4.packPanel,
            packTransposedRows: KernelsV4.packTransposedRows,
            int8PanelColumns: KernelsV4.int8PanelColumns,
            int8MatrixBlock: KernelsV4.int8MatrixBlock,
            quantizeRows: KernelsV4.quantizeRows,
            packBytePanel: KernelsV4.packBytePanel,
            selectLargest: KernelsV4.selectLargest,
            logSumExponentials: KernelsV4.logSumExponentials,
            bfloat16: BFloat16(
                tileRows: KernelsV4.tileRows, blockRows: BlockGrid.rowCount,
                depthStep: BlockGrid.depthStep, places: KernelsV4.bfloat16Places,
                packsTransposedRowsInTiles: true,
                matrixBlock: KernelsV4.matrixBlock,
                packPanel: KernelsV4.packBFloat16Panel,
                packRows: KernelsV4.packBFloat16Rows,
                packTransposedRows: KernelsV4.packBFloat16TransposedRows),
            addBias: KernelsV4.addBias,
            addBiasAndBase: KernelsV4.addBiasAndBase,
            layerNormForward: KernelsV4.layerNormForward,
            layerNormBackward: KernelsV4.layerNormBackward,
            columnSums: KernelsV4.columnSums,
            softmaxRows: KernelsV4.softmaxRows,
            crossEntropyRows: KernelsV4.crossEntropyRows,
            attentionForward: KernelsV4.attentionForward,
            attentionBackward: KernelsV4.attentionBackward,
            attentionStep: KernelsV4.attentionStep,
            addScaled: KernelsV4.addScaled,
            reluBackward: KernelsV4.reluBackward,
            sumOfProducts: KernelsV4.sumOfProducts,
            dropout: KernelsV4.dropout,
            adamStep: KernelsV4.adamStep,
            momentumStep: KernelsV4.momentumStep,
            multiplyAddLoop: KernelsV4.multiplyAddLoop)

        /// Those of `v4` with the instructions for products of bytes.
        static let v4VNNI = {
            var kernels = v4
            kernels.int8MatrixBlock = KernelsV4VNNI.int8MatrixBlock
            return kernels
        }()

        /// The best of `v4` with the instructions for products in bf16.
        static let v4BFloat16 = {
            var kernels = InstructionSet.x86_64_v4.kernels
            kernels.bfloat16 = BFloat16(
                tileRows: KernelsV4BF16.tileRows, blockRows: BlockGrid.rowCount,
                depthStep: BlockGrid.depthStep, places: KernelsV4BF16.bfloat16Places,
                packsTransposedRowsInTiles: true,
                matrixBlock: KernelsV4BF16.matrixBlock,
                packPanel: KernelsV4BF16.packBFloat16Panel,
                packRows: KernelsV4BF16.packBFloat16Rows,
                packTransposedRows: KernelsV4BF16.packBFloat16TransposedRows)
            return kernels
        }()

        /// The best of `v4` with the tiles of AMX for products in bf16 and in 8 bits.
        static let v4AMX = {
            var kernels = InstructionSet.x86_64_v4.kernels
            kernels.int8MatrixBlock = KernelsV4AMX.tiledInt8MatrixBlock
            // The products take so little time that reading operands again and loading sums into tiles again would be
            // felt; these processors have 2 MB of second-level cache for larger blocks.
            kernels.int8BlockRows = 256
            kernels.bfloat16 = BFloat16(
                tileRows: KernelsV4AMX.tileRows, blockRows: 256, depthStep: 512,
                places: KernelsV4AMX.places, packsTransposedRowsInTiles: false,
                matrixBlock: KernelsV4AMX.matrixBlock,
                packPanel: KernelsV4AMX.packPanel,
                packRows: KernelsV4AMX.packRows,
                packTransposedRows: KernelsV4AMX.packTransposedRows)
            return kernels
        }()
    #endif
}
