package io.github.djlnorm.samples.classification;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.data.CommonOptions;
import io.github.djlnorm.samples.data.ImageData;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that all trainings share. */
public final class TrainingOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Mixin private CommonOptions common;

    @Option(
            names = "--net",
            paramLabel = "NET",
            defaultValue = "convnet",
            converter = NetConverter.class,
            description = "The net: " + Net.CHOICES + ". Default: ${DEFAULT-VALUE}.")
    private Net net;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            defaultValue = "32",
            description = "Width and height that images are scaled to. Default: ${DEFAULT-VALUE}.")
    private int imageSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.001",
            description = "The optimizer's step size. Default: ${DEFAULT-VALUE}.")
    private float learningRate;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adam",
            description =
                    "${COMPLETION-CANDIDATES}; sgd has a momentum of 0.9, a weight decay of 0.0001,"
                            + " and wants a learning rate of about 0.05. Default: ${DEFAULT-VALUE}.")
    private Optimization.Method optimizer;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            defaultValue = "constant",
            description =
                    "The learning rate over time: ${COMPLETION-CANDIDATES}, which ends at zero."
                            + " Default: ${DEFAULT-VALUE}.")
    private Optimization.Schedule schedule;

    /** Checks the options, with those whose defaults differ between commands, and applies them. */
    public void apply(int batchSize, int epochs, List<Norm> norms) {
        OptionRules rules = new OptionRules(command);
        rules.requirePositive("--batch-size", batchSize);
        rules.requirePositive("--epochs", epochs);
        rules.require(
                imageSize >= net.minImageSize(),
                "--image-size",
                "at least " + net.minImageSize() + " for " + net,
                imageSize);
        rules.requireAboveZero("--learning-rate", learningRate);
        rules.requireDistinct("--norm", norms);
        norms.forEach(
                norm ->
                        rules.requireFits(
                                net + " with " + norm,
                                () -> net.requireFits(norm, imageSize, batchSize)));
        common.apply(rules);
    }

    public ModelCard card(Norm norm, List<String> classes) {
        return new ModelCard(net, norm, classes, preprocessing());
    }

    public Preprocessing preprocessing() {
        return new Preprocessing(imageSize);
    }

    ImageData load(int batchSize, boolean augment) {
        return common.load(preprocessing(), batchSize, augment);
    }

    /** Images that are read once: all, or at most some to train and some to test with. */
    public MemoryImages loadToMemory(int most) throws IOException, TranslateException {
        return new MemoryImages(load(1, false), preprocessing(), most, most);
    }

    Training training(int epochs) {
        return newTraining(epochs, common.seed(), learningRate);
    }

    /** A training with the learning rate in proportion to the batch size, as given for 32. */
    public Training training(int epochs, int seed, int batchSize) {
        return newTraining(epochs, seed, learningRate * batchSize / 32);
    }

    private Training newTraining(int epochs, int seed, float rate) {
        return new Training(epochs, new Optimization(optimizer, rate, schedule), seed);
    }

    public long smallestMap() {
        return net.smallestMap(imageSize);
    }

    /** Takes another net than the options say. */
    public void useNet(String name) {
        net = Net.parse(name);
    }

    /** All that shared options decide, in words. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "%s on %s at %dx%d pixels, %s, learning rate %s, %s",
                net,
                common.images(),
                imageSize,
                imageSize,
                optimizer.name().toLowerCase(Locale.ROOT),
                learningRate,
                schedule.name().toLowerCase(Locale.ROOT));
    }
}
