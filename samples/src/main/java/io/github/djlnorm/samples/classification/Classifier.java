package io.github.djlnorm.samples.classification;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.optimizers.OptimizerState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A model with all that prediction needs, which its one file carries in DJL's model properties. */
public final class Classifier implements AutoCloseable {

    private static final String NAME = "classifier";

    /** The file in a model folder. */
    public static final String FILE = ModelFile.name(NAME);

    // A property for each epoch, since DJL writes no value of more than 65,535 bytes.
    private static final String EPOCH = "epoch.";
    private static final String EPOCHS = "epochs";
    private static final String COMMAND = "train";

    private final Model model;
    private final ModelCard card;
    private final List<EpochReport> history = new ArrayList<>();
    private OptimizerState optimizerState = new OptimizerState();

    /** Creates a model that is yet to be trained. */
    public Classifier(ModelCard card) {
        this.card = card;
        model = Model.newInstance(NAME);
        model.setBlock(card.newNet());
        card.writeTo(model);
    }

    /**
     * Loads a model.
     *
     * @param path a model's file, or the folder that it was saved in
     * @throws BadInputException if there is no model or its file is damaged
     */
    public static Classifier load(Path path) throws IOException {
        return load(path, COMMAND);
    }

    /**
     * Loads a model.
     *
     * @param path a model's file, or the folder that it was saved in
     * @param command writes such models
     * @throws BadInputException if there is no model or its file is damaged
     */
    public static Classifier load(Path path, String command) throws IOException {
        Path file = file(path);
        return read(ModelFile.read(file, command), file);
    }

    /** The file of a model that is named by itself or by its folder. */
    public static Path file(Path path) {
        return Files.isDirectory(path) ? path.resolve(FILE) : path;
    }

    /**
     * Reads a model.
     *
     * @param content what a model's file holds
     * @param file where it comes from
     * @throws BadInputException if it is no model
     */
    public static Classifier read(byte[] content, Path file) {
        Classifier classifier = null;
        try {
            classifier = new Classifier(ModelCard.read(content));
            classifier.model.load(new ByteArrayInputStream(content));
            classifier.loadTraining(ModelFile.more(content));
            return classifier;
        } catch (IOException | MalformedModelException | IllegalArgumentException e) {
            if (classifier != null) {
                classifier.close();
            }
            throw ModelFile.unusable(file, COMMAND, e);
        }
    }

    private void loadTraining(byte[] state) throws IOException {
        int epochs = Integer.parseInt(model.getProperty(EPOCHS));
        for (int epoch = 1; epoch <= epochs; epoch++) {
            history.add(EpochReport.parse(model.getProperty(EPOCH + epoch)));
        }
        optimizerState = OptimizerState.decode(state, model.getBlock());
    }

    /**
     * Loads a model to go on with.
     *
     * @param card what the model must be
     * @throws BadInputException if there is no model, its file is damaged, or it is another one
     */
    public static Classifier load(Path path, ModelCard card) throws IOException {
        Classifier classifier = load(path);
        if (!classifier.card.equals(card)) {
            classifier.close();
            throw new BadInputException(
                    "%s holds another model, %s".formatted(path, classifier.card.difference(card)));
        }
        return classifier;
    }

    /** The epochs that the model was trained for. */
    public List<EpochReport> history() {
        return List.copyOf(history);
    }

    /** What an optimizer goes on from, and keeps up to date. */
    OptimizerState optimizerState() {
        return optimizerState;
    }

    /** Says that the parameters are no longer those that an optimizer left. */
    public void forgetOptimizer() {
        optimizerState.close();
        optimizerState = new OptimizerState();
    }

    /** Notes an epoch that the model was trained for. */
    void trained(EpochReport report) {
        history.add(report);
    }

    /** Saves the model so that the folder holds a whole one at every moment. */
    public void save(Path folder) throws IOException {
        model.setProperty(EPOCHS, Integer.toString(history.size()));
        history.forEach(report -> model.setProperty(EPOCH + report.epoch(), report.csv()));
        ModelFile.save(model, ModelCard.FORMAT, folder, optimizerState.encode(model.getBlock()));
    }

    /** Makes what tells the most probable classes of images. */
    public Predictor<Image, Classifications> newPredictor(int topK) {
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

    /** Initializes the parameters, which training does otherwise. */
    public void initialize() {
        Shape shape = card.preprocessing().batchShape(1);
        model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, shape);
    }

    /**
     * Returns this one, if it classifies whole images; else it is closed.
     *
     * @param path where it was read from
     * @throws BadInputException if it classifies pixels
     */
    public Classifier requireOfImages(Path path) {
        if (card.net().isPerPixel()) {
            close();
            throw new BadInputException(
                    path
                            + " holds a model of 'segment': give one of 'train', or use 'segment"
                            + " apply'");
        }
        return this;
    }

    public ModelCard card() {
        return card;
    }

    public Model model() {
        return model;
    }

    @Override
    public void close() {
        optimizerState.close();
        model.close();
    }
}
