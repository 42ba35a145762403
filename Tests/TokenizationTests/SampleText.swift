/// Some lines in the languages that the tests pretend to translate.
enum SampleText {
    static let lines = [
        "The old baker opens his shop before the sun comes up.",
        "A grey cat sleeps on the warm bonnet of our car.",
        "We don't know whether the last train has left, but it's late.",
        "She bought 3 apples, 12 plums and 250 g of nuts.",
        "Who painted the kitchen wall in such a wonderful green?",
        "The river rose quickly after the storm, and the bridge was closed.",
        "He plays the trumpet loudly while the neighbours try to sleep.",
        "My sister's garden is full of bees, butterflies and roses.",
        "Der alte Bäcker öffnet seinen Laden, bevor die Sonne aufgeht.",
        "Eine graue Katze schläft auf der warmen Motorhaube unseres Autos.",
        "Wir wissen nicht, ob der letzte Zug schon abgefahren ist.",
        "Sie kaufte 3 Äpfel, 12 Pflaumen und 250 g Nüsse.",
        "Wer hat die Küchenwand in einem so wunderbaren Grün gestrichen?",
        "Der Fluss stieg nach dem Sturm schnell, und die Brücke wurde gesperrt.",
        "Er spielt laut Trompete, während die Nachbarn zu schlafen versuchen.",
        "Im Garten meiner Schwester gibt es Bienen, Schmetterlinge und Rosen.",
        "Le vieux boulanger ouvre sa boutique avant le lever du soleil.",
        "Un chat gris dort sur le capot tiède de notre voiture.",
        "On ne sait pas si le dernier train est parti, mais il est tard.",
        "Elle a acheté 3 pommes, 12 prunes et 250 g de noix.",
        "Qui a peint le mur de la cuisine d'un vert si merveilleux ?",
        "La rivière est montée vite après l'orage, et l'on a fermé le pont.",
        "Il joue fort de la trompette pendant que les voisins essaient de dormir.",
        "Le jardin de ma sœur est plein d'abeilles, de papillons et de roses.",
    ]
}
