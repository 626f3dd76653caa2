package io.github.djlnorm.samples;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model with all that prediction needs, which its one file carries in DJL's model properties. */
final class Classifier implements AutoCloseable {

    private static final String NAME = "classifier";

    /** The file in a model folder. */
    static final String FILE = ModelFile.name(NAME);

    private static final String COMMAND = "train";

    private final Model model;
    private final ModelCard card;

    /** Creates a model that is yet to be trained. */
    Classifier(ModelCard card) {
        this.card = card;
        model = Model.newInstance(NAME);
        model.setBlock(card.net().create(card.norm(), card.classes().size()));
        card.writeTo(model);
    }

    /**
     * Loads a model.
     *
     * @param path a model's file, or the folder that it was saved in
     * @throws BadInputException if there is no model or its file is damaged
     */
    static Classifier load(Path path) throws IOException {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        byte[] content = ModelFile.read(file, COMMAND);
        Classifier classifier = null;
        try {
            classifier = new Classifier(ModelCard.read(content));
            classifier.model.load(new ByteArrayInputStream(content));
            return classifier;
        } catch (IOException | MalformedModelException | IllegalArgumentException e) {
            if (classifier != null) {
                classifier.close();
            }
            throw ModelFile.unusable(file, COMMAND, e);
        }
    }

    /** Saves the model so that the folder holds a whole one at every moment. */
    void save(Path folder) throws IOException {
        ModelFile.save(model, ModelCard.FORMAT, folder);
    }

    Predictor<Image, Classifications> newPredictor(int topK) {
        int size = card.preprocessing().imageSize();
        return model.newPredictor(
                ImageClassificationTranslator.builder()
                        .setImageSize(size, size)
                        .setPipeline(card.preprocessing().pipeline())
                        .optSynset(card.classes())
                        .optApplySoftmax(true)
                        .optTopK(topK)
                        .build());
    }

    ModelCard card() {
        return card;
    }

    Model model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
    }
}
