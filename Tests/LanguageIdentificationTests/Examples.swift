import Foundation
import PretrainedModel
import XCTest

@testable import LanguageIdentification

func shippedIdentifier() throws -> LanguageIdentifier {
    let folder = try XCTUnwrap(
        PretrainedModel.folder(besideExecutable: XCTUnwrap(Bundle.main.executableURL)))
    return try LanguageIdentifier(
        contentsOf: folder.appendingPathComponent("language_identifier.safetensors"))
}

/// Texts written for these tests.
enum Examples {
    static let sentences = [
        "en": [
            "The ferry leaves the harbour at noon.", "Our neighbour bakes bread on Fridays.",
            "I would rather stay at home tonight.", "Have you ever been to Scotland?",
            "She forgot her umbrella on the train again.", "This soup needs a little more salt.",
            "We ought to paint the fence before winter.", "He never answers my letters.",
            "The battery of my phone is almost empty.", "Which of these two hats suits me better?",
            "Nobody told us that the museum was closed.", "Please switch off the lights.",
            "A grey cat sleeps under the piano.", "They moved to the countryside last spring.",
            "The lecture was so dull that I fell asleep.", "What time does the bakery open?",
            "My grandfather repaired old clocks.", "It has been raining since Tuesday.",
            "You should see a doctor about that cough.", "The children built a castle of sand.",
            "There is a hole in my left sock.", "Turn right after the church.",
            "Prices have risen by five per cent.", "The goalkeeper missed the ball twice.",
        ],
        "de": [
            "Die Fähre verlässt den Hafen am Mittag.", "Unser Nachbar backt freitags Brot.",
            "Ich bleibe heute Abend lieber zu Hause.", "Warst du schon einmal in Schottland?",
            "Sie hat ihren Schirm wieder im Zug vergessen.", "Der Suppe fehlt noch etwas Salz.",
            "Wir sollten den Zaun vor dem Winter streichen.", "Er beantwortet meine Briefe nie.",
            "Der Akku meines Telefons ist fast leer.", "Welcher der beiden Hüte steht mir besser?",
            "Niemand hat uns gesagt, dass das Museum zu ist.", "Bitte mach das Licht aus.",
            "Eine graue Katze schläft unter dem Klavier.",
            "Sie sind im Frühling aufs Land gezogen.",
            "Der Vortrag war so öde, dass ich einschlief.", "Wann macht die Bäckerei auf?",
            "Mein Großvater reparierte alte Uhren.", "Seit Dienstag regnet es ununterbrochen.",
            "Mit dem Husten solltest du zum Arzt gehen.", "Die Kinder bauten eine Burg aus Sand.",
            "Mein linker Strumpf hat ein Loch.", "Biegen Sie nach der Kirche rechts ab.",
            "Die Preise sind um fünf Prozent gestiegen.", "Der Torwart griff zweimal daneben.",
        ],
        "fr": [
            "Le ferry quitte le port à midi.", "Notre voisin fait du pain le vendredi.",
            "Je préfère rester à la maison ce soir.", "Es-tu déjà allé en Écosse ?",
            "Elle a encore oublié son parapluie dans le train.", "Il manque un peu de sel.",
            "Nous devrions peindre la clôture avant l'hiver.", "Il ne répond jamais à mes lettres.",
            "La batterie de mon téléphone est presque vide.",
            "Lequel de ces chapeaux me va mieux ?",
            "Personne ne nous a dit que le musée était fermé.", "Éteins la lumière, s'il te plaît.",
            "Un chat gris dort sous le piano.", "Ils se sont installés à la campagne.",
            "La conférence était si ennuyeuse que j'ai dormi.", "À quelle heure ouvre l'épicerie ?",
            "Mon grand-père réparait de vieilles horloges.", "Il pleut sans arrêt depuis mardi.",
            "Tu devrais voir un médecin pour cette toux.",
            "Les enfants ont bâti un château de sable.",
            "Ma chaussette gauche a un trou.", "Tournez à droite après l'église.",
            "Les prix ont augmenté de cinq pour cent.", "Le gardien a manqué le ballon deux fois.",
        ],
    ]

    /// Of one to three words.
    static let shortTexts = [
        "en": [
            "Thank you", "Good morning", "What?", "Nothing", "See you", "Of course", "Hurry up!",
            "I know", "Yes", "never", "the weather", "Where is it?", "very expensive", "my wife",
            "Happy birthday", "yesterday",
        ],
        "de": [
            "Danke", "Guten Morgen", "Wieso?", "Nichts", "Bis bald", "Natürlich", "Beeil dich!",
            "Ich weiß", "Ja", "niemals", "das Wetter", "Wo ist es?", "sehr teuer", "meine Frau",
            "Herzlichen Glückwunsch", "gestern",
        ],
        "fr": [
            "Merci", "Bonjour", "Pourquoi ?", "Rien", "À bientôt", "Bien sûr", "Dépêche-toi !",
            "Je sais", "Oui", "jamais", "le temps", "Où est-ce ?", "très cher", "ma femme",
            "Joyeux anniversaire", "hier",
        ],
    ]

    /// In languages that the identifier does not know.
    static let others = [
        "La casa de mi abuela está cerca del mar.", "No sé qué hacer con este problema.",
        "La vita è bella quando si hanno degli amici.", "Vorrei un cornetto, per favore.",
        "A vida é bela quando temos amigos.", "O barco sai do porto ao meio-dia.",
        "Het leven is mooi als je vrienden hebt.", "Ik wil graag een kopje koffie.",
        "Livet är vackert när man har vänner.", "Båten går från hamnen vid middagstid.",
        "Livet er smukt, når man har venner.", "Życie jest piękne, kiedy ma się przyjaciół.",
        "Život je krásný, když máte přátele.", "Viața este frumoasă când ai prieteni.",
        "Elämä on kaunista, kun on ystäviä.", "Az élet szép, ha vannak barátaid.",
        "Arkadaşların varsa hayat güzeldir.", "Hidup itu indah kalau punya teman.",
        "Die lewe is mooi as jy vriende het.", "Život je lijep kad imaš prijatelje.",
    ]
}
