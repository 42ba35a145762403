print("mtl-nlp")
