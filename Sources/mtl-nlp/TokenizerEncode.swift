import ArgumentParser
import Inference
import Kernels
import Tokenization

struct TokenizerEncode: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Turn each line of standard input into token IDs.",
        discussion: """
            A line of IDs has one space between them, and not the token that ends every sentence. \
            With --dropout each merge is left out with that probability (BPE-dropout, Provilkov, \
            Emelianenko and Voita 2020); what is left out depends on the seed, the line and its \
            number.

              echo "A dog runs." | mtl-nlp tokenizer encode --pieces
              mtl-nlp tokenizer encode --dropout 0.1 --seed 7 < text.txt
            """)

    @Flag(help: "Print the subwords instead of their IDs.")
    var pieces = false

    @Option(
        help: ArgumentHelp("The probability of leaving out a merge.", valueName: "p"),
        transform: probability)
    var dropout: Double?

    @Option(help: ArgumentHelp("The seed of the dropout (default: 1).", valueName: "n"))
    var seed: UInt64?

    @OptionGroup var tokenizer: TokenizerOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if seed != nil, dropout == nil {
            throw ValidationError("--seed has a meaning with --dropout only; leave it out")
        }
    }

    func run() throws {
        let tokenizer = try tokenizer.load()
        let (pieces, dropout, seed) = (pieces, dropout, seed ?? 1)
        try filterStandardInput(lookAhead: 1024) { lines in
            lines.concurrentMap(threadCount: threads.count) { line in
                let text = tokenizer.normalizer.normalize(line.text)
                return Self.tokens(
                    of: text, tokenizer, dropout,
                    seed: SeededGenerator.seed(seed, UInt64(line.number))
                )
                .dropLast()  // the end of the sentence
                .map { pieces ? tokenizer.subword($0) : String($0) }
                .joined(separator: " ")
            }
        }
    }

    private static func tokens(
        of text: NormalizedText, _ tokenizer: BPETokenizer, _ dropout: Double?, seed: UInt64
    ) -> [TokenID] {
        guard let dropout else { return tokenizer.encode(text) }
        var generator = SeededGenerator(seed: seed)
        return tokenizer.encode(text, dropout: dropout, using: &generator)
    }

    @Sendable private static func probability(_ text: String) throws -> Double {
        guard let value = Double(text), (0...1).contains(value) else {
            throw ValidationError("give a number from 0 to 1")
        }
        return value
    }
}
