package io.github.djlnorm.samples.spark;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.spark.training.TrainingPlan;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of a net and its steps. */
final class NetOptions {

    @Option(
            names = "--net",
            paramLabel = "NET",
            defaultValue = "resnet:8",
            description = "The net: " + Net.CHOICES + ". Default: ${DEFAULT-VALUE}.")
    private String name;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            defaultValue = "32",
            description = "Width and height that images are scaled to. Default: ${DEFAULT-VALUE}.")
    private int imageSize;

    @Option(
            names = "--batch-size",
            paramLabel = "NUMBER",
            defaultValue = "32",
            description =
                    "Images in a step, over all partitions together. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.02",
            description =
                    "The step size of gradient descent with a momentum of 0.9. Default:"
                            + " ${DEFAULT-VALUE}.")
    private float learningRate;

    void check(OptionRules rules, List<Norm> norms) {
        rules.requirePositive("--batch-size", batchSize);
        rules.requireAboveZero("--learning-rate", learningRate);
        rules.requireFits("--net", () -> Net.parse(name));
        Net net = net();
        rules.require(
                imageSize >= net.minImageSize(),
                "--image-size",
                "at least " + net.minImageSize() + " for " + net,
                imageSize);
        for (Norm norm : norms) {
            rules.requireFits(
                    net + " with " + norm, () -> net.requireFits(norm, imageSize, batchSize));
        }
    }

    TrainingPlan plan(int steps, int partitions, int seed) {
        return new TrainingPlan(batchSize, steps, partitions, learningRate, seed);
    }

    Net net() {
        return Net.parse(name);
    }

    Preprocessing preprocessing() {
        return new Preprocessing(imageSize);
    }
}
