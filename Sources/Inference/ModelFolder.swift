import Files
import Foundation
import LanguageIdentification
import Tokenization
import Transformer

/// The files of a model folder, each read with an error that names it.
struct ModelFolder {
    let url: URL

    private func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// All sizes, the languages and the labels, as JSON with keys in snake case.
    private var configurationFile: URL { file("config.json") }
    private var tokenizerFile: URL { file("tokenizer.json") }
    private var weightFile: URL { file("model.safetensors") }
    private var cardFile: URL { file("card.json") }
    /// The one file that a model can do without.
    private var languageIdentifierFile: URL { file(LanguageIdentifier.fileName) }

    /// The files that every model has.
    private var necessaryFiles: [URL] { [configurationFile, tokenizerFile, weightFile, cardFile] }

    private var files: [URL] {
        FileManager.default.fileExists(atPath: languageIdentifierFile.path)
            ? necessaryFiles + [languageIdentifierFile] : necessaryFiles
    }

    /// - Throws: `ModelError` when the folder or one of its files does not exist.
    func checkPresence() throws {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
        guard exists else {
            throw ModelError(.missing, url, "no such model folder; name one with --model")
        }
        guard isDirectory.boolValue else {
            throw ModelError(.missing, url, "not a folder; a model is a folder of files")
        }
        for file in necessaryFiles
        where !FileManager.default.fileExists(atPath: file.path) {
            throw ModelError(.missing, file, "missing; copy the whole model folder, or train again")
        }
    }

    func readConfiguration() throws -> ModelConfiguration {
        var configuration = try readJSON(ModelConfiguration.self, from: configurationFile)
        if let problem = configuration.problem {
            throw ModelError(.malformed, configurationFile, "\(problem); use the model's own file")
        }
        // What is written is written in the current version, wherever it comes from.
        configuration.version = ModelConfiguration.currentVersion
        return configuration
    }

    func readCard() throws -> ModelCard { try readJSON(ModelCard.self, from: cardFile) }

    /// The card, checked against the model.
    func readCard(of model: Model) throws -> ModelCard {
        let card = try readCard()
        let configuration = model.configuration
        let problem: String? =
            if card.languages != configuration.languages {
                "languages \(card.languages) are not those of config.json, \(configuration.languages)"
            } else if card.labels != configuration.labels {
                "labels \(card.labels) are not those of config.json, \(configuration.labels)"
            } else if let count = card.parameters, count != model.layout.count {
                "parameters is \(count), a model of config.json has \(model.layout.count)"
            } else {
                nil
            }
        if let problem {
            throw ModelError(.malformed, cardFile, "\(problem); the files are of different models")
        }
        return card
    }

    /// The tokenizer, checked against the configuration.
    func readTokenizer(for configuration: ModelConfiguration) throws -> BPETokenizer {
        let tokenizer: BPETokenizer
        do {
            tokenizer = try BPETokenizer(contentsOf: tokenizerFile)
        } catch let error as TokenizerFileError {
            throw ModelError(
                error.kind == .malformed ? .malformed : .unreadable, tokenizerFile,
                describe(error, of: tokenizerFile))
        }
        if let problem = LoadedModel.mismatch(tokenizer, configuration) {
            throw ModelError(
                .malformed, tokenizerFile, "\(problem); the files are of different models")
        }
        return tokenizer
    }

    /// The weights of a model.
    func readParameters(_ layout: ParameterLayout) throws -> Parameters {
        let attributes = try? FileManager.default.attributesOfItem(atPath: weightFile.path)
        // Checked before memory is asked for: a damaged configuration may name any size.
        if let size = attributes?[.size] as? Int, size < layout.count {
            throw ModelError(
                .malformed, weightFile,
                "\(size) bytes cannot hold the \(layout.count) parameters of config.json; "
                    + "copy or train the model again")
        }
        do {
            return try WeightFile.read(weightFile, layout: layout)
        } catch let problem as WeightFile.Problem {
            throw ModelError(
                problem.isReadable ? .malformed : .unreadable, weightFile,
                describe(problem, of: weightFile))
        }
    }

    /// What tells the language of a text; nil if the folder has no such file.
    func readLanguageIdentifier() throws -> LanguageIdentifier? {
        do {
            return try LanguageIdentifier(contentsOf: languageIdentifierFile)
        } catch let error as FileError where error.kind == .missing {
            return nil
        } catch let error as FileError {
            throw ModelError(
                error.kind == .malformed ? .malformed : .unreadable, languageIdentifierFile,
                error.problem)
        }
    }

    /// The SHA-256 of the files beside the card, by their names.
    ///
    /// - Parameter weightFile: where the weights stand; nil: in their place.
    func checksums(weightFile: URL? = nil) throws -> [String: String] {
        var checksums: [String: String] = [:]
        for file in files where file != cardFile {
            let place = file == self.weightFile ? weightFile ?? file : file
            do {
                checksums[file.lastPathComponent] = try SHA256.hexadecimalDigest(of: place)
            } catch {
                throw unreadable(file, error)
            }
        }
        return checksums
    }

    /// The SHA-256 of the weights.
    func weightChecksum() throws -> String {
        do {
            return try SHA256.hexadecimalDigest(of: weightFile)
        } catch {
            throw unreadable(weightFile, error)
        }
    }

    /// The sizes of all files in bytes, by their names.
    func sizes() throws -> [String: Int] {
        var sizes: [String: Int] = [:]
        for file in files {
            do {
                sizes[file.lastPathComponent] =
                    try file.resourceValues(forKeys: [.fileSizeKey]).fileSize
            } catch {
                throw unreadable(file, error)
            }
        }
        return sizes
    }

    /// Writes all files; each is replaced whole or not at all, the weights last.
    func write(_ loaded: LoadedModel, as precision: WeightFile.Precision) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw ModelError(.unwritable, url, describe(error, of: url))
        }
        if let languageIdentifier = loaded.languageIdentifier {
            try write(languageIdentifierFile) { try languageIdentifier.write(to: $0) }
        }
        try write(tokenizerFile) { try loaded.tokenizer.write(to: $0) }
        try write(weightFile) { temporary in
            try WeightFile.write(
                loaded.parameters, to: temporary, as: precision,
                metadata: ["format": "mtl-nlp \(loaded.card.name)"])
            // The answers of the self-test are those of the numbers as they stand in the file.
            let written = LoadedModel(
                model: loaded.model,
                parameters: try WeightFile.read(temporary, layout: loaded.model.layout),
                tokenizer: loaded.tokenizer, card: loaded.card)
            try writeDescription(of: written, weightFile: temporary)
        }
    }

    /// Writes the configuration, and the card with the checksums of all files and the answers of the model.
    ///
    /// - Parameters:
    ///   - loaded: has the tokenizer and the weights of the folder.
    ///   - weightFile: where the weights stand; nil: in their place.
    func writeDescription(of loaded: LoadedModel, weightFile: URL? = nil) throws {
        try write(configurationFile) { try json(loaded.model.configuration).write(to: $0) }
        var card = loaded.card
        card.checksums = try checksums(weightFile: weightFile)
        card.selfTest = SelfTest(loaded)
        try write(cardFile) { try json(card).write(to: $0) }
    }

    private func write(_ file: URL, _ body: (URL) throws -> Void) throws {
        do {
            try AtomicFile.replace(file, write: body)
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(.unwritable, file, describe(error, of: file))
        }
    }

    private func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value) + Data("\n".utf8)
    }

    private func readJSON<Value: Decodable>(_ type: Value.Type, from file: URL) throws -> Value {
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(type, from: Data(contentsOf: file))
        } catch let error as DecodingError {
            throw ModelError(
                .malformed, file, "\(describe(error)); copy the model folder again")
        } catch {
            throw unreadable(file, error)
        }
    }

    private func unreadable(_ file: URL, _ error: any Error) -> ModelError {
        let failure = IOFailure(file.path, cannot: "read", error)
        return ModelError(.unreadable, failure.description)
    }

    private func describe(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the whole" : path.map(nameInFile).joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(place(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context.codingPath)) has the wrong type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(place(context.codingPath)) has an impossible value"
        default:
            return "not JSON"
        }
    }

    /// The snake case of a key, the number of an element.
    private func nameInFile(_ key: any CodingKey) -> String {
        if let index = key.intValue { return "\(index)" }
        return key.stringValue.map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined()
    }

    /// What an error of another module says, without the name of the file it speaks of.
    private func describe(_ error: any Error, of file: URL) -> String {
        if error is CocoaError || error is POSIXError {
            return "cannot be written: \(error.localizedDescription); check the disk and rights"
        }
        // A file is written beside its place first, under another name.
        let text = "\(error)"
        let folder = file.deletingLastPathComponent().path
        guard text.hasPrefix(folder),
            let colon = text.dropFirst(folder.count).range(of: ": ")
        else { return text }
        return String(text[colon.upperBound...])
    }
}
