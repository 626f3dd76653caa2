package io.github.djlnorm.samples.classification;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.data.ImageData;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a saved model says about itself.
 *
 * @param net the net
 * @param norm the normalization in its net
 * @param classes the names of the classes, by label
 * @param preprocessing what happens to an image before the net sees it
 */
public record ModelCard(Net net, Norm norm, List<String> classes, Preprocessing preprocessing) {

    static final String FORMAT = "djl-norm-samples/3";

    /**
     * Reads the card from a model's file.
     *
     * @throws MalformedModelException if it has none
     */
    static ModelCard read(byte[] content) throws IOException, MalformedModelException {
        return of(ModelFile.properties(content, FORMAT));
    }

    private static ModelCard of(Map<String, String> properties) {
        int classes = Integer.parseInt(properties.get("classes"));
        return new ModelCard(
                Net.ofName(properties.get("net")),
                Norm.parse(properties.get("norm")),
                IntStream.range(0, classes).mapToObj(i -> properties.get("class." + i)).toList(),
                new Preprocessing(
                        Integer.parseInt(properties.get("imageSize")),
                        floats(properties.get("mean")),
                        floats(properties.get("std"))));
    }

    /** A new net, as the card describes it. */
    Block newNet() {
        return net.create(norm, classes.size(), preprocessing.imageSize());
    }

    /** The card in a line. */
    String text() {
        return "%s with %s for %d classes at %d pixels"
                .formatted(net, norm, classes.size(), preprocessing.imageSize());
    }

    /** What makes a model another one than is asked for, and what to do about it. */
    String difference(ModelCard asked) {
        if (text().equals(asked.text())) {
            return "of the classes %s, not %s: give the images that it was trained with"
                    .formatted(without(classes, asked.classes), without(asked.classes, classes));
        }
        return "%s, not %s: give the options that it was trained with"
                .formatted(text(), asked.text());
    }

    private static List<String> without(List<String> names, List<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    /** The line above a training's reports. */
    String heading(ImageData data, int batchSize) {
        return String.format(
                "%s with %s at batch size %d on %s: %d images, %d to test with, %d classes",
                net,
                norm,
                batchSize,
                data.name(),
                data.train().size(),
                data.test().size(),
                classes.size());
    }

    /** Writes the card where DJL saves it together with the parameters. */
    void writeTo(Model model) {
        model.setProperty("net", net.name());
        model.setProperty("norm", norm.toString());
        model.setProperty("imageSize", Integer.toString(preprocessing.imageSize()));
        model.setProperty("mean", text(preprocessing.mean()));
        model.setProperty("std", text(preprocessing.std()));
        model.setProperty("classes", Integer.toString(classes.size()));
        for (int i = 0; i < classes.size(); i++) {
            model.setProperty("class." + i, classes.get(i));
        }
    }

    private static String text(List<Float> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Float> floats(String text) {
        return Arrays.stream(text.split(",")).map(Float::valueOf).toList();
    }
}
