package io.github.djlnorm.samples.style;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.samples.classification.ModelFile;
import io.github.djlnorm.samples.cli.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;

/** A generator that paints images in the style it was trained for. */
final class Stylizer implements AutoCloseable {

    static final int MIN_SIZE = 8;

    private static final String COMMAND = "stylize";

    private final Model model;
    private final StylizerCard card;

    /** Creates a generator that is yet to be trained. */
    Stylizer(StylizerCard card) {
        this.card = card;
        model = Model.newInstance(card.modelName());
        model.setBlock(card.newGenerator());
        card.writeTo(model);
    }

    /**
     * Loads a generator.
     *
     * @throws BadInputException if there is none or its file is damaged
     */
    static Stylizer load(Path file) throws IOException {
        byte[] content = ModelFile.read(file, COMMAND);
        Stylizer stylizer = null;
        try {
            stylizer = new Stylizer(StylizerCard.read(content));
            stylizer.model.load(new ByteArrayInputStream(content));
            return stylizer;
        } catch (IOException | MalformedModelException | IllegalArgumentException e) {
            if (stylizer != null) {
                stylizer.close();
            }
            throw ModelFile.unusable(file, COMMAND, e);
        }
    }

    /** Saves the generator so that the folder holds a whole one at every moment. */
    void save(Path folder) throws IOException {
        ModelFile.save(model, StylizerCard.FORMAT, folder);
    }

    /** The generator's file in a folder that it was saved in. */
    Path file(Path folder) {
        return folder.resolve(ModelFile.name(model.getName()));
    }

    /** Stylizes images of shape (N, 3, H, W), with running statistics where the norm has them. */
    NDArray apply(NDArray images) {
        NDManager manager = images.getManager();
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(images), false)
                .singletonOrThrow();
    }

    StylizerCard card() {
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
